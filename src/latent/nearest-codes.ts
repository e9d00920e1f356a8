import { tf } from "../backend/tf";
import { checkShape, checkType } from "../errors";

/** Which code is nearest to each vector.
 * @param vectors float32 [..., channels]
 * @param codes float32 [count, channels]
 * @returns int32 [...]; no gradient goes through it
 * @throws RangeError or TypeError for shapes or types that do not fit */
export function nearestCodes(vectors: tf.Tensor, codes: tf.Tensor): tf.Tensor {
  checkType("vectors", vectors, "float32");
  checkType("codes", codes, "float32");
  const channels = vectors.shape[vectors.shape.length - 1];
  checkShape("codes", codes.shape, [null, channels]);
  return tf.tidy(() => {
    // Differences, not products: these would be rounded to 8 bits in a step of bfloat16.
    const differences = tf.sub(vectors.reshape([-1, 1, channels]), codes.expandDims(0));
    return tf.argMin(tf.sum(tf.square(differences), 2), 1).reshape(vectors.shape.slice(0, -1));
  });
}

/** The share of places at which each code is chosen.
 * @param index int32 [...]
 * @returns float32 [count] */
export const codeShares = (index: tf.Tensor, count: number): tf.Tensor1D =>
  tf.tidy(() => tf.mean<tf.Tensor1D>(tf.oneHot(index.flatten(), count, 1, 0, "float32"), 0));

/** exp of the entropy of shares: as many codes, used equally often, would be as surprising. All codes in equal use give their number, one
 * code 1.
 * @param shares float32 [count]
 * @returns a scalar */
export const perplexity = (shares: tf.Tensor1D): tf.Scalar =>
  tf.tidy(() => tf.exp(tf.neg(tf.sum(tf.mul(shares, tf.log(tf.maximum(shares, tiny))))) as tf.Scalar));

/** So that 0 log 0 is 0. */
const tiny = 1e-30;
