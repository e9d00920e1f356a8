import { tf } from "../backend/tf";
import { checkInteger, checkNumber } from "../errors";
import type { Schedule } from "../schedule";
import type { Normal } from "./normal";
import { betaFrom, posterior, posteriorWeights } from "./posterior";
import { atTime, type Time } from "./time";

/** A choice of σ_t², the variance of the reverse step from t to s (s = t - 1 unless steps are left out), in double
 * precision. It is a function, so that any can be written. */
export type ReverseVariance = (t: number, schedule: Schedule, s: number) => number;

/** σ_t² = β_t, as in the lecture ("Noise Schedules"): right where the data are spread like N(0, I) (Ho et al. 2020, section
 * 3.2). */
export const betaVariance: ReverseVariance = (t, schedule, s) => betaFrom(s, t, schedule);

/** σ_t² = β̃_t, the variance of q(z_{t-1} | z_t, x): right where all data are one point (Ho et al. 2020, section 3.2). It is 0
 * at s = 0. */
export const posteriorVariance: ReverseVariance = (t, schedule, s) =>
  posteriorWeights(t, schedule, s).variance;

/** σ_t² between the two, exp(v log β_t + (1-v) log β̃_t): what Nichol & Dhariwal 2021 (equation 15) let a network
 * learn. Since log β̃_1 = -∞, the first step has β̃_2 in its place, as there.
 * @param share v of all t, or v_t at index t = 1 … T: 0 for β̃, 1 for β
 * @throws RangeError if v is not finite */
export function varianceBetween(share: number | ArrayLike<number>): ReverseVariance {
  return (t, schedule, s) => {
    const v = typeof share === "number" ? share : share[t];
    checkNumber(typeof share === "number" ? "share" : `share[${t}]`, v);
    if (s === 0 && schedule.steps === 1) return betaVariance(t, schedule, s);
    const least = s > 0 ? posteriorVariance(t, schedule, s) : posteriorVariance(2, schedule, 1);
    return Math.exp(v * Math.log(betaVariance(t, schedule, s)) + (1 - v) * Math.log(least));
  };
}

/** σ_t² from a table, such as one that was learned.
 * @param table σ_t² at index t = 1 … T, all finite and not below 0
 * @throws RangeError for a value that is no variance, or a step that leaves out others */
export function varianceTable(table: ArrayLike<number>): ReverseVariance {
  return (t, _, s) => {
    checkInteger("s", s, t - 1, t - 1);
    checkNumber(`table[${t}]`, table[t], 0);
    return table[t];
  };
}

/** The reverse step P_θ(z_{t-1} | z_t) = N(μ_θ(z_t, t), σ_t² I), with the mean of q(z_{t-1} | z_t, x) in which a guess stands for
 * the unknown x (lecture, "Denoising – Reverse Process"; Ho et al. 2020, equation 11).
 * @param z z_t, float32 of any shape; its first dimension is the batch if t is a tensor
 * @param guess x̂(z_t, t), of the same shape
 * @throws RangeError or TypeError for a t, shape or type that does not fit */
export function reverseStep<R extends tf.Rank>(
  z: tf.Tensor<R>,
  guess: tf.Tensor<R>,
  t: Time,
  schedule: Schedule,
  variance: ReverseVariance = betaVariance,
): Normal<R> {
  return tf.tidy(() => ({
    mean: posterior(z, guess, t, schedule).mean,
    variance: atTime(t, schedule, z, (s) => variance(s, schedule, s - 1)),
  }));
}
