import { checkNumber } from "../errors";
import { normalCdf } from "../mixture/normal-cdf";
import type { Schedule } from "../schedule";

/** Settings of {@link logitNormalTimes}. */
export interface LogitNormalOptions {
  /** m, the middle of log σ: below 0 nearer to the data, above 0 nearer to the noise. */
  readonly mean?: number;
  /** s, the standard deviation of log σ. */
  readonly deviation?: number;
}

/** How likely each t is if the noise is drawn by log σ ~ N(m, s²), with σ² = (1-α)/α: times at which neither data nor noise are plain, where
 * there is most to learn. On the straight path, σ = τ/(1-τ), so that τ is logit-normal (Esser et al. 2024, "Scaling rectified flow
 * transformers", equation 19); it is the distribution by which Karras et al. 2022 train (table 1, with m = -1.2 and s = 1.2), on any
 * schedule. For the `probabilities` of {@link randomTimes}.
 * @returns length T + 1: at index t the probability of σ between those of t-1 and t; 0 at t = 0, adding up to 1
 * @throws RangeError for settings that are no numbers, or a schedule without such noise */
export function logitNormalTimes(
  { steps, snr }: Schedule,
  { mean = 0, deviation = 1 }: LogitNormalOptions = {},
): Float64Array {
  checkNumber("mean", mean);
  checkNumber("deviation", deviation, Number.MIN_VALUE);
  const upTo = (t: number): number => normalCdf((-0.5 * Math.log(snr[t]) - mean) / deviation);
  const all = upTo(steps);
  if (all === 0) {
    throw new RangeError(
      `mean is ${mean}: the schedule has no such noise; use one of its log σ, -½ log SNR(t).`,
    );
  }
  return Float64Array.from({ length: steps + 1 }, (_, t) =>
    t === 0 ? 0 : Math.max(0, upTo(t) - upTo(t - 1)) / all,
  );
}
