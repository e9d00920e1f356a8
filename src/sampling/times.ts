import { checkInteger } from "../errors";
import type { Schedule } from "../schedule";

/** The times of a sampler: those given, or T, T-1, …, 0.
 * @throws RangeError for fewer than two, or times that do not decrease within T … 0 */
export function timesOf(schedule: Schedule, times?: readonly number[]): readonly number[] {
  if (!times) return Array.from({ length: schedule.steps + 1 }, (_, i) => schedule.steps - i);
  if (times.length < 2) {
    throw new RangeError(`times has ${times.length} entries; use 2 or more: from where, and to where.`);
  }
  times.forEach((t, i) => {
    checkInteger(`times[${i}]`, t, 0, schedule.steps);
    if (i > 0 && t >= times[i - 1]) {
      throw new RangeError(`times[${i}] is ${t}, after ${times[i - 1]}; times must decrease, from T to 0.`);
    }
  });
  return times;
}
