import { scheduleFromBetas, type Schedule } from "./schedule";

/** The schedule, shifted and stretched such that nothing is left of the data at t = T: √α_T = 0 and √α_1 as before (Lin et
 * al. 2024, "Common diffusion noise schedules and sample steps are flawed", algorithm 1). At T the noise says nothing
 * about the data, so that the network must predict x or v.
 * @throws RangeError for a schedule of one step */
export function zeroTerminalSnr({ name, steps, alpha }: Schedule): Schedule {
  if (steps < 2)
    throw new RangeError("The schedule has 1 step; use one of 2 or more, since the first one is kept.");
  const [first, last] = [Math.sqrt(alpha[1]), Math.sqrt(alpha[steps])];
  const kept = alpha.map((value, t) =>
    t === 0 ? 1 : ((Math.sqrt(value) - last) * (first / (first - last))) ** 2,
  );
  const betas = Float64Array.from({ length: steps }, (_, i) => 1 - kept[i + 1] / kept[i]);
  return scheduleFromBetas(`${name}, zero terminal SNR`, betas);
}
