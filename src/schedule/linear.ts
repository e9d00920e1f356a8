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
export function linearSchedule(steps: number, options: LinearOptions = {}): Schedule {
  const { from = 1e-4, to = 0.02, scaled = true } = options;
  return growingSchedule("linear", steps, 1, { from, to, scaled });
}

/** Settings of {@link slowlyIncreasingSchedule}. */
export interface SlowlyIncreasingOptions extends LinearOptions {
  /** p, 1 for a linear schedule; the larger, the longer β stays small. */
  readonly power?: number;
}

/** β_t grows like a power p of t, (β_1^{1/p} + (t-1)/(T-1) (β_T^{1/p} - β_1^{1/p}))^p: slowly at first, since fine detail is
 * destroyed first (lecture, "Noise Schedules"). With p = 2 it is the "scaled linear" schedule of Rombach et al. 2022;
 * here β_T = 0.03, so that as much noise is added in all as by {@link linearSchedule}.
 * @param steps T, 1 or more
 * @throws RangeError for bad settings, naming them */
export function slowlyIncreasingSchedule(steps: number, options: SlowlyIncreasingOptions = {}): Schedule {
  const { from = 1e-4, to = 0.03, scaled = true, power = 2 } = options;
  checkNumber("from", from, 0);
  checkNumber("power", power, Number.MIN_VALUE);
  return growingSchedule("slowly increasing", steps, power, { from, to, scaled });
}

function growingSchedule(
  name: string,
  steps: number,
  power: number,
  { from, to, scaled }: Required<LinearOptions>,
): Schedule {
  checkInteger("steps", steps, 1);
  checkNumber("from", from);
  checkNumber("to", to);
  const scale = scaled ? 1000 / steps : 1;
  const most = scaled ? 0.999 : Infinity;
  const bend = (value: number, exponent: number): number => (power === 1 ? value : value ** exponent);
  const [first, last] = [bend(from, 1 / power), bend(to, 1 / power)];
  const betas = Float64Array.from({ length: steps }, (_, i) => {
    const share = steps === 1 ? 1 : i / (steps - 1);
    return Math.min(scale * bend(first + (last - first) * share, power), most);
  });
  return scheduleFromBetas(name, betas);
}
