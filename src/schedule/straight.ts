import { checkInteger, checkNumber } from "../errors";
import { scheduleFromLogSnr } from "./functions";
import type { Schedule } from "./schedule";

/** Settings of {@link straightSchedule}. */
export interface StraightOptions {
  /** What is added to log SNR(t) at all times; 0 if omitted. Less than 0 leaves more of the times to strong noise, which large images need:
   * log(n/m), say, for m pixels instead of n (Esser et al. 2024, "Scaling rectified flow transformers", equation 23). */
  readonly shift?: number;
}

/** The schedule of rectified flows and of flow matching, which lead from data to noise in a straight line, y = (1-τ) x + τ ε with τ = t/T (Liu
 * et al. 2023, "Flow straight and fast", section 2.1; Lipman et al. 2023, "Flow matching", section 4.1). Divided by √((1-τ)² + τ²), y is a
 * latent z_t as in every other schedule here, with α_t = (1-τ)² / ((1-τ)² + τ²) and log SNR = 2 log((1-τ)/τ).
 * Nothing is left of the data at t = T (α_T = 0), so that the network must predict x, v or the flow.
 * @param steps T, 1 or more
 * @throws RangeError for bad settings, naming them */
export function straightSchedule(steps: number, { shift = 0 }: StraightOptions = {}): Schedule {
  checkInteger("steps", steps, 1);
  checkNumber("shift", shift);
  return scheduleFromLogSnr("straight", steps, (u) => 2 * Math.log((1 - u) / u) + shift);
}
