import { checkInteger, checkNumber } from "../errors";
import { scheduleFromAlpha } from "./functions";
import type { Schedule } from "./schedule";

/** Settings of {@link sigmoidSchedule}. */
export interface SigmoidOptions {
  /** Where on the sigmoid the schedule begins, and ends. */
  readonly start?: number;
  readonly end?: number;
  /** τ; the smaller, the longer the schedule stays near the data and near noise. */
  readonly temperature?: number;
  /** Largest β_t, since α_T = 0 would make β_T = 1. */
  readonly maxBeta?: number;
}

/** α(u) = (σ(end/τ) - σ((start + u (end - start))/τ)) / (σ(end/τ) - σ(start/τ)), with the logistic function σ: α itself
 * falls like a sigmoid (Jabri et al. 2022, "Scalable adaptive computation"; Chen 2023, algorithm 1).
 * @param steps T, 1 or more
 * @throws RangeError for bad settings, naming them */
export function sigmoidSchedule(
  steps: number,
  { start = -3, end = 3, temperature = 1, maxBeta = 0.999 }: SigmoidOptions = {},
): Schedule {
  checkInteger("steps", steps, 1);
  checkNumber("start", start);
  checkNumber("end", end);
  if (end <= start) throw new RangeError(`end is ${end}; use a number above start, which is ${start}.`);
  checkNumber("temperature", temperature, Number.MIN_VALUE);
  const logistic = (x: number): number => 1 / (1 + Math.exp(-x / temperature));
  const [first, last] = [logistic(start), logistic(end)];
  const alpha = (u: number): number => (last - logistic(start + u * (end - start))) / (last - first);
  return scheduleFromAlpha("sigmoid", steps, (u) => Math.max(0, alpha(u)), { maxBeta });
}
