import { logSnr, type Schedule } from "../schedule";

/** What a range of reverse steps costs. */
export interface SpentBits {
  /** The first and the last t. */
  readonly times: readonly [number, number];
  /** log SNR where the steps end, at the first t - 1, and where they begin, at the last t: the bits over the difference are a density,
   * whatever the ranges. The last is -∞ if nothing is left of the data at T. */
  readonly logSnr: readonly [number, number];
  /** Bits per dimension. */
  readonly bits: number;
}

/** Adds up the terms for t = 2 … T over ranges of about equal length in log SNR; a step belongs where it begins, at SNR(t).
 * @param spent at index t
 * @param ranges how many there are at most */
export function spentByTime(spent: Float64Array, schedule: Schedule, ranges: number): SpentBits[] {
  const heights = logSnr(schedule);
  const lowest = heights.findLast(Number.isFinite) ?? 0;
  const rangeOf = (t: number): number => {
    const share = (heights[1] - heights[t]) / (heights[1] - lowest);
    return Math.min(ranges, Math.ceil(share * ranges));
  };
  const result: SpentBits[] = [];
  for (let first = 2, last = 2; first <= schedule.steps; first = last) {
    let bits = 0;
    for (last = first; last <= schedule.steps && rangeOf(last) === rangeOf(first); last++)
      bits += spent[last];
    result.push({ times: [first, last - 1], logSnr: [heights[first - 1], heights[last - 1]], bits });
  }
  return result;
}
