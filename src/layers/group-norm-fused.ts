/** Group normalisation by the operations of kernels.cc: one pass to measure, one to normalise, and nothing saved that is
 * as large as x but x itself. */
import { fusedGroupNorm, fusedGroupNormGrad } from "../backend/fused";
import type { tf } from "../backend/tf";
import type { GroupNormOptions } from "./group-norm";
import type { Forward } from "./with-gradient";

/** The value, and what its gradient needs. */
export function groupNormForward<R extends tf.Rank>(
  x: tf.Tensor<R>,
  scale: tf.Tensor,
  offset: tf.Tensor,
  options: Required<GroupNormOptions>,
): Forward<tf.Tensor<R>> {
  const { y, mean, rstd } = fusedGroupNorm(x, scale, offset, options);
  return { value: y as tf.Tensor<R>, saved: [x, scale, offset, mean, rstd] };
}

/** The gradients to x, scale and offset. */
export function groupNormBackward(
  dy: tf.Tensor,
  [x, scale, offset, mean, rstd]: readonly tf.Tensor[],
  options: Required<GroupNormOptions>,
): [dx: tf.Tensor, dScale: tf.Tensor, dOffset: tf.Tensor] {
  const { dx, dscale, doffset } = fusedGroupNormGrad(dy, x, scale, offset, mean, rstd, options);
  return [dx, dscale, doffset];
}
