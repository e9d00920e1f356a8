import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { kernelVariance, type Schedule } from "../schedule";
import { checkSamples, type Normal } from "./normal";
import { atTime, type Time } from "./time";

/** The numbers that make up the posterior at one t, in double precision. */
export interface PosteriorWeights {
  /** Weight of z_t in the mean, (1 - α_{t-1}) / (1 - α_t) · √(1 - β_t). */
  readonly z: number;
  /** Weight of x in the mean, √α_{t-1} β_t / (1 - α_t). */
  readonly x: number;
  /** β_t (1 - α_{t-1}) / (1 - α_t); zero at t = 1, since z_0 is x. */
  readonly variance: number;
}

/** The weights of {@link posterior}, or of q(z_s | z_t, x) for another time s before t: then 1 - α_t/α_s stands for β_t, and
 * s for t-1 (Song et al. 2021, "DDIM", equation 7 at η = 1; Kingma et al. 2021, equation 25).
 * @param s from 0 to t - 1
 * @throws RangeError if t is not a whole number from 1 to T, or s not one from 0 to t - 1 */
export function posteriorWeights(t: number, schedule: Schedule, s: number = t - 1): PosteriorWeights {
  const beta = betaFrom(s, t, schedule);
  const before = kernelVariance(s, schedule);
  const after = before * (1 - beta) + beta; // = 1 - α_t, without the loss of digits
  return {
    z: (before / after) * Math.sqrt(1 - beta),
    x: (Math.sqrt(schedule.alpha[s]) * beta) / after,
    variance: (beta * before) / after,
  };
}

/** The variance of the noise that leads from z_s to z_t at once, 1 - α_t/α_s; β_t from s = t - 1.
 * @throws RangeError if t is not a whole number from 1 to T, or s not one from 0 to t - 1 */
export function betaFrom(s: number, t: number, { steps, alpha, beta }: Schedule): number {
  checkInteger("t", t, 1, steps);
  checkInteger("s", s, 0, t - 1);
  return s === t - 1 ? beta[t] : 1 - alpha[t] / alpha[s];
}

/** The conditional diffusion distribution q(z_{t-1} | z_t, x), which undoes one step when x is known. It is normal,
 * being the product of two normal densities of z_{t-1}: q(z_t | z_{t-1}) and the kernel q(z_{t-1} | x) (lecture,
 * "ELBO Loss Function"; Ho et al. 2020, equations 6 and 7; Prince 2023, section 18.2.4).
 * @param z z_t, of the shape of x
 * @throws RangeError or TypeError for a t, shape or type that does not fit */
export function posterior<R extends tf.Rank>(
  z: tf.Tensor<R>,
  x: tf.Tensor<R>,
  t: Time,
  schedule: Schedule,
): Normal<R> {
  checkSamples("z", z);
  checkSamples("x", x);
  checkShape("x", x.shape, z.shape);
  const weight = (key: keyof PosteriorWeights): tf.Tensor =>
    atTime(t, schedule, z, (s) => posteriorWeights(s, schedule)[key]);
  return tf.tidy(() => ({
    mean: z.mul(weight("z")).add<tf.Tensor<R>>(x.mul(weight("x"))),
    variance: weight("variance"),
  }));
}
