import { kernelVariance, type Schedule } from "../schedule";
import { betaVariance, posteriorWeights, type ReverseVariance } from "../process";
import { checkErrors, type DenoisingErrors } from "./denoising-errors";
import { normalKl } from "./normal-kl";

/** The evidence lower bound of log P_θ(x) in nats, a mean over points, and the terms that make it up:
 * log P_θ(x) ≥ reconstruction - Σ_{t=2}^T kl[t] - prior (lecture, "Training – ELBO at the rescue"; Ho et al. 2020, equation 5). */
export interface Bound {
  /** E[log P_θ(x | z_1)]. */
  readonly reconstruction: number;
  /** KL(q(z_{t-1} | z_t, x) ‖ P_θ(z_{t-1} | z_t)) at index t = 2 … T; 0 at t = 0 and 1. */
  readonly kl: Float64Array;
  /** KL(q(z_T | x) ‖ N(0, I)), which no network can change. */
  readonly prior: number;
  /** The bound itself. */
  readonly total: number;
  /** What each point contributes to it: their mean is the total. */
  readonly each: Float64Array;
  /** Standard error of the total. */
  readonly error: number;
}

/** The bound for reverse steps with the variance σ_t². Everything is normal, and the means of q(z_{t-1} | z_t, x) and of
 * P_θ(z_{t-1} | z_t) differ by a multiple of x - x̂: each term is a squared error of the denoiser, weighted. So the errors are
 * measured once, and any choice of σ_t² is judged by them.
 * @param variance at t = 1 it is the width of P_θ(x | z_1); one of 0, as of β̃_1, is replaced by β_1
 * @throws RangeError if there are not errors for 1 … T */
export function lowerBound(
  errors: DenoisingErrors,
  schedule: Schedule,
  variance: ReverseVariance = betaVariance,
): Bound {
  const { squared, norms, size } = errors;
  const { steps } = schedule;
  checkErrors(errors, schedule);
  const totals = new Float64Array(norms.length);
  /** The mean over points of constant + weight · ‖…‖², which counts in the points' totals. */
  const term = (values: ArrayLike<number>, { constant, weight }: TermWeights): number => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) {
      const nats = constant + weight * values[i];
      totals[i] -= nats;
      sum += nats;
    }
    return sum / values.length;
  };
  const kl = new Float64Array(steps + 1);
  for (let t = 2; t <= steps; t++) kl[t] = term(squared[t], klWeights(t, size, schedule, variance));
  const reconstruction = -term(squared[1], reconstructionWeights(size, schedule, variance));
  const prior = term(norms, priorWeights(size, schedule));
  const total = totals.reduce((sum, value) => sum + value) / totals.length;
  const spread =
    totals.reduce((sum, value) => sum + (value - total) ** 2, 0) / Math.max(1, totals.length - 1);
  return { reconstruction, kl, prior, total, each: totals, error: Math.sqrt(spread / totals.length) };
}

/** A term of the bound as constant + weight · ‖…‖². */
export interface TermWeights {
  readonly constant: number;
  readonly weight: number;
}

/** KL(q(z_{t-1} | z_t, x) ‖ P_θ(z_{t-1} | z_t)) from ‖x - x̂‖², for t ≥ 2.
 * @param size D, the numbers of a point */
export function klWeights(
  t: number,
  size: number,
  schedule: Schedule,
  variance: ReverseVariance = betaVariance,
): TermWeights {
  const { x, variance: least } = posteriorWeights(t, schedule);
  const chosen = variance(t, schedule, t - 1);
  const constant = normalKl({ mean: 0, variance: least }, { mean: 0, variance: chosen });
  return { constant: size * constant, weight: x ** 2 / (2 * chosen) };
}

/** -log P_θ(x | z_1) from ‖x - x̂‖²: N(x; x̂(z_1, 1), σ_1² I). */
export function reconstructionWeights(
  size: number,
  schedule: Schedule,
  variance: ReverseVariance = betaVariance,
): TermWeights {
  const chosen = defaultDecoderVariance(schedule, variance);
  return { constant: 0.5 * size * Math.log(2 * Math.PI * chosen), weight: 1 / (2 * chosen) };
}

/** σ_1², the width of P_θ(x | z_1): one of 0, as of β̃_1, is replaced by β_1. */
export function defaultDecoderVariance(schedule: Schedule, variance: ReverseVariance): number {
  return variance(1, schedule, 0) || betaVariance(1, schedule, 0);
}

/** KL(q(z_T | x) ‖ N(0, I)) from ‖x‖². */
export function priorWeights(size: number, schedule: Schedule): TermWeights {
  const spread = { mean: 0, variance: kernelVariance(schedule.steps, schedule) };
  return {
    constant: size * normalKl(spread, { mean: 0, variance: 1 }),
    weight: schedule.alpha[schedule.steps] / 2,
  };
}
