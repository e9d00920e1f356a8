import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { atTime, type Time } from "../process/time";
import { kernelVariance, type Schedule } from "../schedule";

/** What a network predicts from z_t = √α_t x + √(1-α_t) ε:
 * - `noise`: ε (lecture, "Training – Practical view"; Ho et al. 2020)
 * - `x`: the data themselves
 * - `v`: √α_t ε - √(1-α_t) x (Salimans & Ho 2022, "Progressive distillation", appendix D)
 * - `flow`: ε - x, the velocity of a straight path from the data to the noise (Lipman et al. 2023, "Flow matching", equation 23; Liu et al.
 *   2023, "Flow straight and fast", equation 1; both count time from the noise, so that their sign is the other one). Divided by
 *   √α_t + √(1-α_t), z_t lies on that path: y = (1-τ) x + τ ε with τ = √(1-α_t) / (√α_t + √(1-α_t)), whatever the schedule
 *
 * As z_t, each is a mixture of x and ε. So z_t and any of them tell all others, and their errors differ by a factor that depends on t alone:
 * they hold the same; they differ in what a network finds easy, and in how much each t counts in the loss. */
export type Prediction = "noise" | "x" | "v" | "flow";

/** A mixture of z_t and a prediction. */
export interface ConversionWeights {
  readonly z: number;
  readonly prediction: number;
}

/** The weights by which one prediction becomes another at time t, in double precision: z = √α x + √(1-α) ε and the prediction are two
 * equations for x and ε, of which the other prediction is a mixture.
 * @throws RangeError if t is not a whole number from 1 to T; if nothing is left of the data at t (α_t = 0) and the noise
 * is to tell them */
export function conversionWeights(
  from: Prediction,
  to: Prediction,
  t: number,
  schedule: Schedule,
): ConversionWeights {
  checkInteger("t", t, 1, schedule.steps);
  if (from === to) return { z: 0, prediction: 1 };
  if (from === "noise" && schedule.alpha[t] === 0) {
    throw new RangeError(
      `At t = ${t} nothing is left of the data (α_t = 0): the noise tells nothing about them; predict "x", "v" or "flow".`,
    );
  }
  const z = mixtureAt(t, schedule);
  const [given, wanted] = [contents[from](z), contents[to](z)];
  // Cramer's rule.
  const determinant = z.x * given.noise - z.noise * given.x;
  return {
    z: (wanted.x * given.noise - wanted.noise * given.x) / determinant,
    prediction: (z.x * wanted.noise - z.noise * wanted.x) / determinant,
  };
}

/** A mixture of the data and the noise. */
interface MixtureWeights {
  readonly x: number;
  readonly noise: number;
}

/** Of what z_t is mixed. */
const mixtureAt = (t: number, schedule: Schedule): MixtureWeights => ({
  x: Math.sqrt(schedule.alpha[t]),
  noise: Math.sqrt(kernelVariance(t, schedule)),
});

/** Of what each prediction is mixed, where z_t is mixed like this. */
const contents: Record<Prediction, (z: MixtureWeights) => MixtureWeights> = {
  noise: () => ({ x: 0, noise: 1 }),
  x: () => ({ x: 1, noise: 0 }),
  v: (z) => ({ x: -z.noise, noise: z.x }),
  flow: () => ({ x: -1, noise: 1 }),
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
  if (prediction === "noise" || prediction === "x") return (prediction === "x" ? x : noise).clone();
  const weight = (key: keyof MixtureWeights): tf.Tensor =>
    atTime(t, schedule, x, (s) => contents[prediction](mixtureAt(s, schedule))[key]);
  return tf.tidy(() => noise.mul(weight("noise")).add<tf.Tensor<R>>(x.mul(weight("x"))));
}
