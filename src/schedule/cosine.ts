import { checkInteger, checkNumber } from "../errors";
import { scheduleFromAlpha } from "./functions";
import type { Schedule } from "./schedule";

/** Settings of {@link cosineSchedule}. */
export interface CosineOptions {
  /** s, which keeps β_1 from vanishing. */
  readonly offset?: number;
  /** Largest β_t, since α_T = 0 would make β_T = 1. */
  readonly maxBeta?: number;
}

/** α_t = f(t) / f(0) with f(t) = cos²((t/T + s) / (1 + s) · π/2): noise is added slowly at both ends
 * (Nichol & Dhariwal 2021, equation 17; β_t clipped at 0.999 as there).
 * @param steps T, 1 or more
 * @throws RangeError for bad settings, naming them */
export function cosineSchedule(
  steps: number,
  { offset = 0.008, maxBeta = 0.999 }: CosineOptions = {},
): Schedule {
  checkInteger("steps", steps, 1);
  checkNumber("offset", offset, 0);
  const f = (u: number): number => Math.cos(((u + offset) / (1 + offset)) * (Math.PI / 2)) ** 2;
  return scheduleFromAlpha("cosine", steps, f, { maxBeta });
}
