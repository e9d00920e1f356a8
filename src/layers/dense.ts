import { tf } from "../backend/tf";
import { checkShape } from "../errors";
import { checkFloat, checkLeastRank, lastSize } from "./checks";
import { addBias, biasGradient, matMul } from "./operations";
import { withGradient } from "./with-gradient";

/** A fully connected layer, x · weights + bias, applied to the last axis.
 * @param x float32 [..., in]
 * @param weights float32 [in, out]
 * @param bias float32 [out]; none if omitted
 * @returns [..., out]
 * @throws RangeError or TypeError for shapes or types that do not fit */
export function dense<R extends tf.Rank>(
  x: tf.Tensor<R>,
  weights: tf.Tensor,
  bias?: tf.Tensor,
): tf.Tensor<R> {
  checkDense(x, weights, bias);
  const [inputs, outputs] = weights.shape;
  const shape = [...x.shape.slice(0, -1), outputs];
  return withGradient(
    "dense",
    bias ? [x, weights, bias] : [x, weights],
    () => {
      const product = matMul(withRows(x, inputs), weights);
      const value = bias ? addBias(product, bias) : product;
      return { value: withShape(value, shape) as tf.Tensor<R>, saved: [x, weights] };
    },
    (dy, [x, weights]) => {
      const rows = withRows(dy, outputs);
      const dx = withShape(matMul(rows, weights, { b: true }), x.shape);
      const dWeights = matMul(withRows(x, inputs), rows, { a: true });
      return bias ? [dx, dWeights, biasGradient(rows)] : [dx, dWeights];
    },
  );
}

function checkDense(x: tf.Tensor, weights: tf.Tensor, bias: tf.Tensor | undefined): void {
  checkFloat("x", x);
  checkFloat("weights", weights);
  checkLeastRank("x", x, 1, "[..., in]");
  checkShape("weights", weights.shape, [lastSize(x), null]);
  if (!bias) return;
  checkFloat("bias", bias);
  checkShape("bias", bias.shape, [lastSize(weights)]);
}

/** As a matrix with rows of that length. */
function withRows(x: tf.Tensor, length: number): tf.Tensor {
  return withShape(x, [tf.util.sizeFromShape(x.shape.slice(0, -1)), length]);
}

function withShape(x: tf.Tensor, shape: number[]): tf.Tensor {
  const same = x.shape.length === shape.length && x.shape.every((size, i) => size === shape[i]);
  return same ? x : tf.reshape(x, shape);
}
