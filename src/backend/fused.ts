import type { Tensor } from "@tensorflow/tfjs-core";
import { hasOwnOperations, nativeBackend } from "./native";
import { rawOp, rawOps, type Attributes } from "./raw-op";

/** Whether the operations of kernels.cc can be called: they run on the processor, and only where set-up has built them.
 * In graphs they also take bfloat16 for the large tensors, which TensorFlow.js does not know. */
export function hasFusedOps(): boolean {
  return hasOwnOperations() && nativeBackend()?.isUsingGpuDevice === false;
}

/** How group normalisation is done. */
export interface GroupNormOptions {
  /** Number of groups; it divides the number of channels. */
  readonly groups: number;
  /** Whether SiLU follows. */
  readonly silu: boolean;
}

/** What {@link fusedGroupNorm} gives. */
export interface GroupNormResult {
  /** Shape of `x`. */
  readonly y: Tensor;
  /** [b, groups]; the gradient needs it. */
  readonly mean: Tensor;
  /** [b, groups]: 1 / sqrt(variance + epsilon); the gradient needs it. */
  readonly rstd: Tensor;
}

/** Group normalisation (Wu & He 2018), and SiLU after it: operation `CourseGroupNorm`.
 * @param x [b, ..., c], samples first and channels last
 * @param scale [c]
 * @param offset [c]
 * @param options also `epsilon`, which is added to the variance */
export function fusedGroupNorm(
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  options: GroupNormOptions & { readonly epsilon: number },
): GroupNormResult {
  const attributes = { ...groupAttributes(options), epsilon: { float: options.epsilon } };
  const [y, mean, rstd] = rawOps("CourseGroupNorm", attributes, [x, scale, offset], 3);
  return { y, mean, rstd };
}

/** Gradients of {@link fusedGroupNorm}: operation `CourseGroupNormGrad`.
 * @param dy gradient of the loss with respect to `y`, shape of `x`
 * @param x what was normalised, [b, ..., c]
 * @param scale [c]
 * @param offset [c]
 * @param mean [b, groups], from the forward operation
 * @param rstd [b, groups], from the forward operation
 * @returns `dx` in the shape of `x`, `dscale` [c] and `doffset` [c] */
export function fusedGroupNormGrad(
  dy: Tensor,
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  mean: Tensor,
  rstd: Tensor,
  options: GroupNormOptions,
): { dx: Tensor; dscale: Tensor; doffset: Tensor } {
  const inputs = [dy, x, scale, offset, mean, rstd];
  const [dx, dscale, doffset] = rawOps("CourseGroupNormGrad", groupAttributes(options), inputs, 3);
  return { dx, dscale, doffset };
}

/** Gradient of a bias: `dy`, [..., c], summed over all axes but the last: operation `CourseBiasGrad`.
 * @returns [c] */
export function fusedBiasGrad(dy: Tensor): Tensor {
  return rawOp("CourseBiasGrad", large, [dy]);
}

/** x times its sigmoid, for any shape: operation `CourseSilu`. */
export function fusedSilu(x: Tensor): Tensor {
  return rawOp("CourseSilu", large, [x]);
}

/** Gradient of {@link fusedSilu} with respect to `x`, both of one shape: operation `CourseSiluGrad`. */
export function fusedSiluGrad(dy: Tensor, x: Tensor): Tensor {
  return rawOp("CourseSiluGrad", large, [dy, x]);
}

/** Sum of two tensors of one shape: operation `CourseAdd`. */
export function fusedAdd(a: Tensor, b: Tensor): Tensor {
  return rawOp("CourseAdd", large, [a, b]);
}

/** The type of the large tensors. */
const large = { T: "float32" } as const satisfies Attributes;

function groupAttributes({ groups, silu }: GroupNormOptions): Attributes {
  return { ...large, groups: { int: groups }, silu };
}
