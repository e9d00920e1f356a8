import { checkInteger } from "../errors";

/** How much noise each step of the forward process adds (lecture, "Noise Schedules"). All arrays are in double
 * precision, have length T + 1 and are indexed by t itself; t = 0 is the clean image, z_0 = x. */
export interface Schedule {
  readonly name: string;
  /** T, the number of diffusion steps. */
  readonly steps: number;
  /** β_t, the variance of the noise added at step t; β_0 = 0. */
  readonly beta: Float64Array;
  /** α_t = ∏_{s≤t} (1 - β_s), cumulative as in the lecture (Ho et al. 2020 write ᾱ_t); α_0 = 1. */
  readonly alpha: Float64Array;
  /** SNR(t) = α_t / (1 - α_t), signal to noise in the diffusion kernel; SNR(0) = ∞. */
  readonly snr: Float64Array;
}

/** The schedule with the given noise variances.
 * @param betas β_1 … β_T, so betas[0] is β_1; each within (0, 1), but β_T may be 1: then nothing is left of the data
 * @throws RangeError if there is no step, or a β outside (0, 1) */
export function scheduleFromBetas(name: string, betas: ArrayLike<number>): Schedule {
  const steps = betas.length;
  checkInteger("the number of steps T", steps, 1);
  const beta = new Float64Array(steps + 1);
  const alpha = new Float64Array(steps + 1).fill(1);
  const snr = new Float64Array(steps + 1).fill(Infinity);
  let noise = 0;
  for (let t = 1; t <= steps; t++) {
    beta[t] = checkedBeta(betas[t - 1], t, steps);
    alpha[t] = alpha[t - 1] * (1 - beta[t]);
    // 1 - α_t by its own recurrence: the difference loses digits where α_t is close to 1.
    noise = noise * (1 - beta[t]) + beta[t];
    snr[t] = alpha[t] / noise;
  }
  return Object.freeze({ name, steps, beta, alpha, snr });
}

/** log SNR(t) for t = 0 … T (natural logarithm; ∞ at t = 0, -∞ where nothing is left of the data): the form to plot,
 * since SNR spans many decades. */
export function logSnr(schedule: Schedule): Float64Array {
  return schedule.snr.map(Math.log);
}

/** 1 - α_t, the variance of the diffusion kernel, with all its digits where α_t is close to 1.
 * @throws RangeError if t is not a whole number from 0 to T */
export function kernelVariance(t: number, { steps, snr }: Schedule): number {
  checkInteger("t", t, 0, steps);
  return 1 / (1 + snr[t]);
}

function checkedBeta(beta: number, t: number, steps: number): number {
  if (beta > 0 && (beta < 1 || (beta === 1 && t === steps))) return beta;
  throw new RangeError(
    `β_${t} is ${String(beta)}; a variance between 0 and 1 (both excluded) keeps part of z_${t - 1} and adds noise.`,
  );
}
