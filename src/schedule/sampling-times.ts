import { checkInteger } from "../errors";
import type { Schedule } from "./schedule";

/** How the times at which a sampler calls the network lie between T and 0.
 * - `even`: equal steps of t (Song et al. 2021, "DDIM", appendix D.2, linear)
 * - `quadratic`: equal steps of √t, closer together near the data (the same, quadratic)
 * - `logSnr`: equal steps of log SNR (Lu et al. 2022, "DPM-Solver", section 3.3)
 * - `karras`: equal steps of σ^{1/7}, with σ² = (1-α)/α (Karras et al. 2022, equation 5) */
export type Spacing = "even" | "quadratic" | "logSnr" | "karras";

/** `count` + 1 decreasing whole times from T to 0: a sampler makes `count` steps, from each time to the next, and a network
 * trained on 1 … T is called at the first `count` of them.
 * @param count from 1 to T
 * @throws RangeError for another count or spacing */
export function samplingTimes(schedule: Schedule, count: number, spacing: Spacing = "even"): number[] {
  const { steps } = schedule;
  checkInteger("count", count, 1, steps);
  const wanted = spacings[spacing] as ((schedule: Schedule, share: number) => number) | undefined;
  if (!wanted) throw new RangeError(`spacing is "${spacing}"; use ${Object.keys(spacings).join(", ")}.`);
  const times = Array.from({ length: count }, (_, i) => {
    // The last step goes to 0 from t = 1, or, where steps are even, from as far as all others.
    const last = spacing === "even" ? count : Math.max(1, count - 1);
    return Math.round(wanted(schedule, i / last));
  });
  return [...distinct(times, steps), 0];
}

/** The time that lies at this share (0 … 1) of the way from T down. */
const spacings: Record<Spacing, (schedule: Schedule, share: number) => number> = {
  even: ({ steps }, share) => steps * (1 - share),
  quadratic: ({ steps }, share) => (Math.sqrt(steps) + share * (1 - Math.sqrt(steps))) ** 2,
  logSnr: (schedule, share) => along(schedule, share, (snr) => -Math.log(snr)),
  karras: (schedule, share) => along(schedule, share, (snr) => snr ** (-1 / 14)),
};

/** The time at which a measure of noise, which grows with t, has gone this share of its way down. Where nothing is left
 * of the data (SNR 0), the way begins one step later. */
function along({ steps, snr }: Schedule, share: number, noise: (snr: number) => number): number {
  if (share === 0) return steps;
  const top = snr[steps] > 0 ? steps : steps - 1;
  const level = noise(snr[top]) + share * (noise(snr[1]) - noise(snr[top]));
  let time = top;
  while (time > 1 && noise(snr[time - 1]) >= level) time--;
  if (time === 1) return 1;
  // Whole times: the nearer one of two neighbours.
  return noise(snr[time]) - level < level - noise(snr[time - 1]) ? time : time - 1;
}

/** Rounding may make neighbours equal: each time leaves room for those that follow. */
function distinct(times: readonly number[], steps: number): number[] {
  const result: number[] = [];
  times.forEach((time, i) => {
    const most = i === 0 ? steps : result[i - 1] - 1;
    result.push(Math.max(times.length - i, Math.min(time, most)));
  });
  return result;
}
