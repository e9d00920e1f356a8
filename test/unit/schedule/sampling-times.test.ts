import * as fc from "fast-check";
import {
  cosineSchedule,
  linearSchedule,
  logSnr,
  samplingTimes,
  scheduleFromBetas,
  sigmoidSchedule,
  zeroTerminalSnr,
  type Schedule,
  type Spacing,
} from "diffusion";

const spacings: readonly Spacing[] = ["even", "quadratic", "logSnr", "karras"];
const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.integer({ min: 1, max: 400 }).map((T) => linearSchedule(T)),
  fc.integer({ min: 1, max: 400 }).map((T) => cosineSchedule(T)),
  fc.integer({ min: 2, max: 400 }).map((T) => zeroTerminalSnr(sigmoidSchedule(T))),
  fc
    .array(fc.double({ min: 1e-6, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 60 })
    .map((betas) => scheduleFromBetas("any", betas)),
);

test.each(spacings)("%s: so many steps, strictly down from T to 0", (spacing) => {
  fc.assert(
    fc.property(schedules, fc.double({ min: 0, max: 1, noNaN: true }), (schedule, share) => {
      const T = schedule.steps;
      const count = 1 + Math.round(share * (T - 1));
      const times = samplingTimes(schedule, count, spacing);
      expect(times).toHaveLength(count + 1);
      expect([times[0], times[count]]).toEqual([T, 0]);
      for (let i = 1; i <= count; i++) {
        expect(Number.isInteger(times[i])).toBe(true);
        expect(times[i]).toBeLessThan(times[i - 1]);
      }
    }),
    { numRuns: 200 },
  );
});

test.each(spacings)("%s: T steps are all times, one step goes all the way", (spacing) => {
  for (const schedule of [linearSchedule(30), cosineSchedule(30), zeroTerminalSnr(linearSchedule(30))]) {
    expect(samplingTimes(schedule, 30, spacing)).toEqual(Array.from({ length: 31 }, (_, i) => 30 - i));
    expect(samplingTimes(schedule, 1, spacing)).toEqual([30, 0]);
  }
});

test("even: equal steps, and it is what is taken if nothing is said", () => {
  expect(samplingTimes(linearSchedule(1000), 4)).toEqual([1000, 750, 500, 250, 0]);
  expect(samplingTimes(linearSchedule(1000), 4, "even")).toEqual([1000, 750, 500, 250, 0]);
  const times = samplingTimes(linearSchedule(1000), 7);
  for (let i = 0; i < 7; i++) expect(Math.abs(times[i] - times[i + 1] - 1000 / 7)).toBeLessThanOrEqual(1);
});

/** The whole time at which a measure is nearest to a level, by looking at all. */
function nearest(level: number, steps: number, measure: (t: number) => number): number {
  let best = steps;
  for (let t = steps; t >= 1; t--) {
    if (Math.abs(measure(t) - level) < Math.abs(measure(best) - level)) best = t;
  }
  return best;
}

describe("the times are those nearest to equal strides of the measure from T to 1", () => {
  type Measure = (schedule: Schedule) => (t: number) => number;
  const noise: Measure =
    ({ alpha }) =>
    (t) =>
      Math.sqrt((1 - alpha[t]) / alpha[t]);
  const measures: Readonly<Record<Exclude<Spacing, "even">, Measure>> = {
    quadratic: () => Math.sqrt,
    logSnr: (schedule) => (t) => logSnr(schedule)[t],
    karras: (schedule) => (t) => noise(schedule)(t) ** (1 / 7),
  };

  test.each(
    (["quadratic", "logSnr", "karras"] as const).flatMap((spacing) =>
      [linearSchedule(500), cosineSchedule(500)].map(
        (schedule) => [spacing, schedule.name, schedule] as const,
      ),
    ),
  )("%s, %s", (spacing, _, schedule) => {
    const measure = measures[spacing](schedule);
    const values = Array.from({ length: 501 }, (_, t) => measure(t));
    const count = 12;
    const times = samplingTimes(schedule, count, spacing);
    for (let i = 1; i < count; i++) {
      const level = values[500] + ((values[1] - values[500]) * i) / (count - 1);
      const wanted = spacing === "quadratic" ? Math.round(level ** 2) : nearest(level, 500, (t) => values[t]);
      expect(times[i]).toBe(Math.min(wanted, times[i - 1] - 1));
    }
  });
});

test("where nothing is left of the data at T, the way begins one step later", () => {
  const schedule = zeroTerminalSnr(linearSchedule(1000));
  for (const spacing of ["logSnr", "karras"] as const) {
    const times = samplingTimes(schedule, 10, spacing);
    expect([times[0], times[9], times[10]]).toEqual([1000, 1, 0]);
    expect(times.every(Number.isInteger)).toBe(true);
  }
  expect(samplingTimes(scheduleFromBetas("one", [1]), 1, "logSnr")).toEqual([1, 0]);
  expect(samplingTimes(scheduleFromBetas("two", [0.1, 1]), 2, "karras")).toEqual([2, 1, 0]);
});

test("bad arguments are named", () => {
  const schedule = linearSchedule(10);
  for (const count of [0, 11, 2.5, NaN]) {
    expect(() => samplingTimes(schedule, count)).toThrow(
      `count is ${count}; use a whole number from 1 to 10`,
    );
  }
  expect(() => samplingTimes(schedule, 5, "odd" as Spacing)).toThrow(
    'spacing is "odd"; use even, quadratic, logSnr, karras',
  );
});
