import { tf } from "../backend/tf";
import { checkNumber } from "../errors";
import { halfSquaredNorm } from "../layers/operations";

/** √ Σ g² over all numbers of all tensors: their norm as one vector. A scalar. */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => tf.sqrt(tf.mul(2, tf.addN(tensors.map(halfSquaredNorm))))) as tf.Scalar;
}

/** Shortens gradients whose {@link globalNorm} exceeds a maximum to just that (Pascanu et al. 2013, algorithm 1).
 * @param maximum above 0
 * @throws RangeError for another maximum */
export function clipByGlobalNorm(
  gradients: readonly tf.Tensor[],
  maximum: number,
): { readonly gradients: readonly tf.Tensor[]; readonly norm: tf.Scalar } {
  checkNumber("maximum", maximum, Number.MIN_VALUE);
  return tf.tidy(() => {
    const norm = globalNorm(gradients);
    const factor = tf.div(maximum, tf.maximum(norm, maximum));
    return { gradients: gradients.map((gradient) => tf.mul(gradient, factor)), norm };
  });
}
