/** Operations that TensorFlow has in one piece: one call of it on the native backend, several of TensorFlow.js elsewhere,
 * or one there, too, that TensorFlow.js surrounds with casts. None records a gradient natively: they belong inside of
 * `withGradient`. What is one call in TensorFlow.js as well, 4 µs dearer, the layers take from there. */
import { fusedBiasGrad, hasFusedOps } from "../backend/fused";
import { hasRawOps, rawOp } from "../backend/raw-op";
import { tf } from "../backend/tf";

/** Adds a bias [channels] to x [..., channels], at least of rank 2. */
export function addBias(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  if (!hasRawOps()) return tf.add(x, bias);
  return rawOp("BiasAdd", { T: "float32", data_format: { text: "NHWC" } }, [x, bias]);
}

/** The gradient to a bias: dy [..., channels] summed to [channels]. */
export function biasGradient(dy: tf.Tensor): tf.Tensor {
  if (hasFusedOps()) return fusedBiasGrad(dy);
  if (!hasRawOps()) return sumToLast(dy);
  return rawOp("BiasAddGrad", { T: "float32", data_format: { text: "NHWC" } }, [dy]);
}

/** Sums over all axes but the last. */
export function sumToLast(x: tf.Tensor): tf.Tensor {
  return tf.sum(x, [...x.shape.keys()].slice(0, -1));
}

/** Product of two matrices, each transposed if asked. */
export function matMul(
  a: tf.Tensor,
  b: tf.Tensor,
  transpose: { readonly a?: boolean; readonly b?: boolean } = {},
): tf.Tensor {
  const { a: transposeA = false, b: transposeB = false } = transpose;
  if (!hasRawOps()) return tf.matMul(a, b, transposeA, transposeB);
  const attributes = { T: "float32", transpose_a: transposeA, transpose_b: transposeB } as const;
  return rawOp("MatMul", attributes, [a, b]);
}

/** The gradient to x from dy, where s = sigmoid(x): dy s (1 - s). */
export function sigmoidGradient(s: tf.Tensor, dy: tf.Tensor): tf.Tensor {
  if (!hasRawOps()) return tf.mul(dy, tf.mul(s, tf.sub(1, s)));
  return rawOp("SigmoidGrad", { T: "float32" }, [s, dy]);
}

/** Σ x² / 2, a scalar. */
export function halfSquaredNorm(x: tf.Tensor): tf.Tensor {
  if (!hasRawOps()) return tf.mul(tf.sum(tf.square(x)), 0.5);
  return rawOp("L2Loss", { T: "float32" }, [x]);
}

/** Means over some axes. */
export function meanOver(x: tf.Tensor, axes: readonly number[], keepDims: boolean = false): tf.Tensor {
  if (!hasRawOps()) return tf.mean(x, [...axes], keepDims);
  const attributes = { T: "float32", Tidx: "int32", keep_dims: keepDims } as const;
  return rawOp("Mean", attributes, [x, tf.tensor1d([...axes], "int32")]);
}

/** Means over squares of factor × factor pixels of x [batch, height, width, channels]. */
export function squareMeans(x: tf.Tensor, factor: number): tf.Tensor4D {
  if (!hasRawOps()) return tf.avgPool(x as tf.Tensor4D, factor, factor, "valid");
  const square = { int: [1, factor, factor, 1] };
  const border = { padding: { text: "VALID" }, data_format: { text: "NHWC" } };
  return rawOp("AvgPool", { T: "float32", ksize: square, strides: square, ...border }, [x]) as tf.Tensor4D;
}
