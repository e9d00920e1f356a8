import { checkInteger, checkNumber } from "../errors";
import { scheduleFromAlpha } from "./functions";
import type { Schedule } from "./schedule";

/** Settings of {@link cosineSchedule}. */
export interface CosineOptions {
  /** s, which keeps β_1 from vanishing. */
  readonly offset?: number;
  /** Largest β_t, since α_T = 0 would make β_T = 1. */
  readonly maxBeta?: number;
  /** What is added to log SNR(t) at all times; 0 if omitted. Where large shapes of few colours show through strong noise, less than 0 leaves
   * more of the times to the noise in which it is decided what is where. */
  readonly shift?: number;
}

/** α_t = f(t) / f(0) with f(t) = cos²((t/T + s) / (1 + s) · π/2): noise is added slowly at both ends
 * (Nichol & Dhariwal 2021, equation 17; β_t clipped at 0.999 as there). Shifted, SNR(t) is e^shift times as large (Hoogeboom et al. 2023, "simple
 * diffusion", section 3.1, for large images).
 * @param steps T, 1 or more
 * @throws RangeError for bad settings, naming them */
export function cosineSchedule(
  steps: number,
  { offset = 0.008, maxBeta = 0.999, shift = 0 }: CosineOptions = {},
): Schedule {
  checkInteger("steps", steps, 1);
  checkNumber("offset", offset, 0);
  checkNumber("shift", shift);
  const cosine = (u: number): number => Math.cos(((u + offset) / (1 + offset)) * (Math.PI / 2)) ** 2;
  const times = Math.exp(shift);
  const shifted = (alpha: number): number => (alpha * times) / (1 - alpha + alpha * times);
  const f = (u: number): number => (shift === 0 ? cosine(u) : shifted(cosine(u)));
  return scheduleFromAlpha("cosine", steps, f, { maxBeta });
}
