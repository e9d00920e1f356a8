import { checkInteger, checkNumber } from "../errors";
import { scheduleFromBetas, type Schedule } from "./schedule";

/** Settings of {@link linearSchedule}. */
export interface LinearOptions {
  /** β_1, for 1000 steps. */
  readonly from?: number;
  /** β_T, for 1000 steps. */
  readonly to?: number;
  /** Whether β is multiplied by 1000 / T, so that any T adds as much noise in all as 1000 steps do. Without it a
   * short process ends far from noise: α_50 = 0.6. */
  readonly scaled?: boolean;
}

/** β_t grows linearly (Ho et al. 2020, section 4: from 10⁻⁴ to 0.02 at T = 1000). With few steps the scaled β would
 * pass 1 near the end; it is held at 0.999, as in {@link cosineSchedule}.
 * @param steps T, 1 or more
 * @throws RangeError for bad settings, naming them */
export function linearSchedule(
  steps: number,
  { from = 1e-4, to = 0.02, scaled = true }: LinearOptions = {},
): Schedule {
  checkInteger("steps", steps, 1);
  checkNumber("from", from);
  checkNumber("to", to);
  const scale = scaled ? 1000 / steps : 1;
  const most = scaled ? 0.999 : Infinity;
  const betas = Float64Array.from({ length: steps }, (_, i) => {
    const share = steps === 1 ? 1 : i / (steps - 1);
    return Math.min(scale * (from + (to - from) * share), most);
  });
  return scheduleFromBetas("linear", betas);
}
