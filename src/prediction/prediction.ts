import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { atTime, type Time } from "../process/time";
import { kernelVariance, type Schedule } from "../schedule";

/** What a network predicts from z_t = √α_t x + √(1-α_t) ε:
 * - `noise`: ε (lecture, "Training – Practical view"; Ho et al. 2020)
 * - `x`: the data themselves
 * - `v`: √α_t ε - √(1-α_t) x (Salimans & Ho 2022, "Progressive distillation", appendix D)
 * Each is a mixture of z_t and any other, so that they hold the same; they differ in what a network finds easy. */
export type Prediction = "noise" | "x" | "v";

/** A mixture of z_t and a prediction. */
export interface ConversionWeights {
  readonly z: number;
  readonly prediction: number;
}

/** The weights by which one prediction becomes another at time t, in double precision.
 * @throws RangeError if t is not a whole number from 1 to T; if nothing is left of the data at t (α_t = 0) and the noise
 * is to tell them */
export function conversionWeights(
  from: Prediction,
  to: Prediction,
  t: number,
  schedule: Schedule,
): ConversionWeights {
  checkInteger("t", t, 1, schedule.steps);
  const signal = Math.sqrt(schedule.alpha[t]);
  const noise = Math.sqrt(kernelVariance(t, schedule));
  if (from === to) return { z: 0, prediction: 1 };
  if (from === "noise" && signal === 0) {
    throw new RangeError(
      `At t = ${t} nothing is left of the data (α_t = 0): the noise tells nothing about them; predict "x" or "v".`,
    );
  }
  return conversions[`${from} to ${to}` as Change](signal, noise);
}

type Change = Exclude<`${Prediction} to ${Prediction}`, "noise to noise" | "x to x" | "v to v">;

/** With a = √α_t and s = √(1-α_t), so that z = a x + s ε, v = a ε - s x and a² + s² = 1. */
const conversions: Record<Change, (a: number, s: number) => ConversionWeights> = {
  "noise to x": (a, s) => ({ z: 1 / a, prediction: -s / a }),
  "noise to v": (a, s) => ({ z: -s / a, prediction: 1 / a }),
  "x to noise": (a, s) => ({ z: 1 / s, prediction: -a / s }),
  "x to v": (a, s) => ({ z: a / s, prediction: -1 / s }),
  "v to noise": (a, s) => ({ z: s, prediction: a }),
  "v to x": (a, s) => ({ z: a, prediction: -s }),
};

/** What and when is converted. */
export interface Conversion {
  readonly from: Prediction;
  readonly to: Prediction;
  /** z_t, float32 of any shape; its first dimension is the batch if t is a tensor. */
  readonly z: tf.Tensor;
  readonly t: Time;
  readonly schedule: Schedule;
}

/** Turns one prediction into another, of the same shape.
 * @throws RangeError or TypeError for a t or shape that does not fit, or where {@link conversionWeights} throws */
export function convertPrediction<R extends tf.Rank>(
  value: tf.Tensor<R>,
  { from, to, z, t, schedule }: Conversion,
): tf.Tensor<R> {
  checkShape("The prediction", value.shape, z.shape);
  if (from === to) return value.clone();
  const weight = (key: keyof ConversionWeights): tf.Tensor =>
    atTime(t, schedule, z, (s) => conversionWeights(from, to, s, schedule)[key]);
  return tf.tidy(() => z.mul(weight("z")).add<tf.Tensor<R>>(value.mul(weight("prediction"))));
}

/** What a network that predicts this should give, of the shape of x.
 * @param noise the ε with which z_t was made
 * @throws RangeError or TypeError for a t or shape that does not fit */
export function predictionTarget<R extends tf.Rank>(
  prediction: Prediction,
  x: tf.Tensor<R>,
  noise: tf.Tensor<R>,
  t: Time,
  schedule: Schedule,
): tf.Tensor<R> {
  checkShape("noise", noise.shape, x.shape);
  if (prediction !== "v") return prediction === "x" ? x.clone() : noise.clone();
  return tf.tidy(() => {
    const onNoise = atTime(t, schedule, x, (s) => Math.sqrt(schedule.alpha[s]));
    const onData = atTime(t, schedule, x, (s) => Math.sqrt(kernelVariance(s, schedule)));
    return noise.mul(onNoise).sub<tf.Tensor<R>>(x.mul(onData));
  });
}
