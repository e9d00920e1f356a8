import { tf } from "../backend/tf";
import { checkInteger, checkNumber } from "../errors";

/** A learning rate: fixed, or a function of the number of steps that have been made (a scalar of float32, from 0), which
 * is part of the compiled step. */
export type LearningRate = number | ((step: tf.Scalar) => tf.Scalar);

export interface WarmupCosineOptions {
  /** The highest rate. */
  readonly peak: number;
  /** Steps in which the rate rises from 0 to its peak. */
  readonly warmup: number;
  /** Steps in all; afterwards the last rate stays. */
  readonly steps: number;
  /** The last rate, as a part of the peak. */
  readonly floor?: number;
}

/** A rate that rises linearly from peak/warmup, so that the first step is not lost, and falls by half a cosine to
 * floor·peak (Goyal et al. 2017; Loshchilov and Hutter 2017, "SGDR").
 * @throws RangeError for a peak of 0 or less, a warm-up that is not shorter than all steps, a floor outside 0 … 1 */
export function warmupCosine({
  peak,
  warmup,
  steps,
  floor = 0,
}: WarmupCosineOptions): (step: tf.Scalar) => tf.Scalar {
  checkNumber("peak", peak, Number.MIN_VALUE);
  checkInteger("steps", steps, 1);
  checkInteger("warmup", warmup, 0, steps - 1);
  checkNumber("floor", floor, 0, 1);
  return (step) =>
    tf.tidy(() => {
      const rise = tf.div(tf.add(step, 1), Math.max(warmup, 1));
      const done = tf.clipByValue(tf.div(tf.sub(step, warmup), steps - warmup), 0, 1);
      const fall = tf.add(floor, tf.mul((1 - floor) / 2, tf.add(1, tf.cos(tf.mul(Math.PI, done)))));
      return tf.mul(peak, tf.minimum(warmup === 0 ? 1 : rise, fall));
    });
}

/** A rate for one part of training. */
export interface LearningRatePart {
  readonly steps: number;
  /** Of the number of steps that have been made in this part. */
  readonly rate: (step: tf.Scalar) => tf.Scalar;
}

/** Rates one after the other, as for warm restarts (Loshchilov and Hutter 2017, "SGDR"); the last one goes on.
 * @throws RangeError if there is none, or for steps that are not a whole number of 1 or more */
export function inTurn(parts: readonly LearningRatePart[]): (step: tf.Scalar) => tf.Scalar {
  checkInteger("the number of parts", parts.length, 1);
  parts.forEach(({ steps }, i) => {
    checkInteger(`parts[${i}].steps`, steps, 1);
  });
  return (step) =>
    tf.tidy(() => {
      let start = 0;
      const [first, ...later] = parts;
      let rate = first.rate(step);
      let before = first;
      for (const part of later) {
        start += before.steps;
        rate = tf.where(tf.less(step, start), rate, part.rate(tf.sub(step, start)));
        before = part;
      }
      return rate;
    });
}
