import { tf } from "../backend/tf";
import { checkInteger, checkNumber } from "../errors";

/** The time as numbers that a network can use: sines and cosines of t, from fast to slow (Vaswani et al. 2017, section 3.5; Ho et
 * al. 2020, appendix B). T is counted as 1000, so that one network suits schedules of any length.
 * @param t int32 or float32 [batch], from 0 to T
 * @param size how many numbers; even
 * @returns float32 [batch, size]
 * @throws RangeError for a size that is not even, or a bad T */
export function timeEmbedding(t: tf.Tensor, steps: number, size: number): tf.Tensor2D {
  checkInteger("steps", steps, 1);
  checkInteger("size", size, 2);
  checkNumber("size / 2", size / 2);
  if (size % 2 !== 0) throw new RangeError(`size is ${size}; use an even number, for sines and cosines.`);
  const half = size / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) => slowest ** (i / Math.max(1, half - 1)));
  return tf.tidy(() => {
    const angle = t
      .cast("float32")
      .mul(1000 / steps)
      .reshape([-1, 1])
      .mul(tf.tensor2d(frequencies, [1, half]));
    return tf.concat2d([angle.sin() as tf.Tensor2D, angle.cos() as tf.Tensor2D], 1);
  });
}

/** The slowest wave turns by 0.1 from 0 to T. */
const slowest = 1e-4;
