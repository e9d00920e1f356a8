import { checkInteger, checkNumber } from "../errors";
import { scheduleFromBetas, type Schedule } from "./schedule";

/** A schedule from any decreasing function of the time u = t/T, which says how much of the data is left: α_t = α(t/T) / α(0)
 * in the T + 1 places of t.
 * @param alpha positive, strictly decreasing on [0, 1]; α(1) may be 0
 * @param maxBeta the largest β_t, below which it is held: the last step of a function that ends at 0 would be β_T = 1
 * @throws RangeError for bad settings, and naming the first t at which the function does not fall */
export function scheduleFromAlpha(
  name: string,
  steps: number,
  alpha: (u: number) => number,
  { maxBeta = 0.999 }: { readonly maxBeta?: number } = {},
): Schedule {
  checkInteger("steps", steps, 1);
  checkNumber("maxBeta", maxBeta, 0, 1);
  const betas = Float64Array.from({ length: steps }, (_, i) => {
    const [before, after] = [alpha(i / steps), alpha((i + 1) / steps)];
    if (!(before > after && after >= 0))
      throw new RangeError(
        `alpha goes from ${before} to ${after} at t = ${i + 1}; it must fall, and stay above 0.`,
      );
    return Math.min(1 - after / before, maxBeta);
  });
  return scheduleFromBetas(name, betas);
}

/** A schedule from any decreasing function that gives log SNR at u = t/T, for t = 1 … T; z_0 stays the data. The form in
 * which Kingma et al. 2021 ("Variational diffusion models", equations 3 and 4) learn schedules: α = sigmoid(log SNR).
 * @throws RangeError for bad settings, and naming the first t at which the function does not fall */
export function scheduleFromLogSnr(name: string, steps: number, logSnr: (u: number) => number): Schedule {
  checkInteger("steps", steps, 1);
  let before = Infinity;
  const betas = Float64Array.from({ length: steps }, (_, i) => {
    const after = logSnr((i + 1) / steps);
    if (!(after < before))
      throw new RangeError(
        `logSnr goes from ${before} to ${after} at t = ${i + 1}; it must fall at each step.`,
      );
    const beta = betaBetween(before, after);
    before = after;
    return beta;
  });
  return scheduleFromBetas(name, betas);
}

/** β = 1 - α_t/α_{t-1} from both log SNR: (1 - α_t)(1 - SNR(t)/SNR(t-1)), which keeps its digits where α is close to 1. */
function betaBetween(before: number, after: number): number {
  return -Math.expm1(after - before) / (1 + Math.exp(after));
}
