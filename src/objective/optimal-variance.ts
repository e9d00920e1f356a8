import { posteriorWeights } from "../process";
import type { Schedule } from "../schedule";
import { checkErrors, type DenoisingErrors } from "./denoising-errors";

/** The σ_t² that makes the bound highest, at index t = 1 … T: β̃_t, and what the error of x̂ adds to the spread of z_{t-1}, σ_t² = β̃_t +
 * w_t² E‖x - x̂‖²/D with the weight w_t of x in the mean of q(z_{t-1} | z_t, x) (Bao et al. 2022, "Analytic-DPM", theorem 1). At
 * t = 1, where z_0 = x, it is the error alone. Use it by `varianceTable`.
 * @returns length T + 1; 0 at t = 0
 * @throws RangeError if there are not errors for 1 … T */
export function optimalVariance(errors: DenoisingErrors, schedule: Schedule): Float64Array {
  checkErrors(errors, schedule);
  const { squared, size } = errors;
  return Float64Array.from({ length: schedule.steps + 1 }, (_, t) => {
    if (t === 0) return 0;
    const { x, variance } = posteriorWeights(t, schedule);
    return variance + (x ** 2 * mean(squared[t])) / size;
  });
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
