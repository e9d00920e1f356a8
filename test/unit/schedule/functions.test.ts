import * as fc from "fast-check";
import {
  cosineSchedule,
  kernelVariance,
  linearSchedule,
  logSnr,
  scheduleFromAlpha,
  scheduleFromLogSnr,
  sigmoidSchedule,
  slowlyIncreasingSchedule,
  zeroTerminalSnr,
  type Schedule,
} from "diffusion";
import reference from "./zero-terminal-reference.json";

function expectSame(found: Schedule, expected: Schedule, tolerance: number): void {
  expect(found.steps).toBe(expected.steps);
  for (let t = 1; t <= found.steps; t++) {
    expect(Math.abs(found.beta[t] / expected.beta[t] - 1)).toBeLessThan(tolerance);
    expect(Math.abs(found.alpha[t] / expected.alpha[t] - 1)).toBeLessThan(tolerance);
  }
}

describe("scheduleFromAlpha", () => {
  test("gives the cosine schedule from its formula", () => {
    const s = 0.008;
    const f = (u: number): number => Math.cos(((u + s) / (1 + s)) * (Math.PI / 2)) ** 2;
    expectSame(scheduleFromAlpha("mine", 300, f), cosineSchedule(300), 1e-12);
  });

  test("α_t is the function at t/T, divided by that at 0", () => {
    const { name, alpha, steps } = scheduleFromAlpha("exponential", 50, (u) => 7 * Math.exp(-3 * u ** 2));
    expect([name, steps]).toEqual(["exponential", 50]);
    for (let t = 0; t <= 50; t++) expect(alpha[t]).toBeCloseTo(Math.exp(-3 * (t / 50) ** 2), 13);
  });

  test("gives back any schedule whose α it is told", () => {
    const { alpha } = linearSchedule(40);
    expectSame(
      scheduleFromAlpha("again", 40, (u) => alpha[Math.round(40 * u)]),
      linearSchedule(40),
      1e-9,
    );
  });

  test("a function that ends at 0: β is held, or may be 1 if that is asked for", () => {
    const line = (u: number): number => 1 - u;
    const { beta, alpha } = scheduleFromAlpha("line", 10, line);
    expect(beta[10]).toBe(0.999);
    expect(alpha[10]).toBeCloseTo(0.1 * 0.001, 12);
    const held = scheduleFromAlpha("line", 10, line, { maxBeta: 0.3 });
    expect(held.beta[7]).toBeCloseTo(0.25, 12);
    expect([...held.beta.slice(8)]).toEqual([0.3, 0.3, 0.3]);
    const ended = scheduleFromAlpha("line", 10, line, { maxBeta: 1 });
    expect([ended.beta[10], ended.alpha[10], ended.snr[10]]).toEqual([1, 0, 0]);
    expect(kernelVariance(10, ended)).toBe(1);
  });

  test("a function that does not fall is refused, with the place", () => {
    const from =
      (alpha: (u: number) => number): (() => Schedule) =>
      () =>
        scheduleFromAlpha("bad", 4, alpha);
    expect(from((u) => (u > 0.6 ? 0.5 : 1 - u))).toThrow(
      "alpha goes from 0.5 to 0.5 at t = 3; it must fall, and stay above 0",
    );
    expect(from((u) => 0.9 - u)).toThrow("at t = 4; it must fall");
    expect(from(() => NaN)).toThrow("alpha goes from NaN to NaN at t = 1");
    expect(() => scheduleFromAlpha("bad", 0, (u) => 1 - u)).toThrow("steps is 0");
    expect(() => scheduleFromAlpha("bad", 3, (u) => 1 - u, { maxBeta: 2 })).toThrow(
      "maxBeta is 2; use a finite number from 0 to 1",
    );
  });
});

describe("scheduleFromLogSnr", () => {
  test.each([
    ["cosine", cosineSchedule(200)],
    ["linear", linearSchedule(200)],
    ["a schedule that begins near the data", linearSchedule(200, { from: 1e-13 })],
  ])("gives back any schedule whose log SNR it is told: %s", (_, schedule) => {
    const values = logSnr(schedule);
    expectSame(
      scheduleFromLogSnr("again", 200, (u) => values[Math.round(200 * u)]),
      schedule,
      1e-9,
    );
  });

  test("log SNR is the function at t/T for t = 1 … T, and z_0 stays the data", () => {
    const schedule = scheduleFromLogSnr("straight", 20, (u) => 9 - 15 * u);
    for (let t = 1; t <= 20; t++) expect(logSnr(schedule)[t]).toBeCloseTo(9 - (15 * t) / 20, 11);
    expect([schedule.alpha[0], schedule.snr[0]]).toEqual([1, Infinity]);
    expect(schedule.alpha[20]).toBeCloseTo(1 / (1 + Math.exp(6)), 13);
  });

  test("a function that does not fall is refused, with the place", () => {
    expect(() => scheduleFromLogSnr("bad", 4, (u) => Math.abs(u - 0.5))).toThrow(
      "logSnr goes from 0 to 0.25 at t = 3; it must fall at each step",
    );
    expect(() => scheduleFromLogSnr("bad", 4, () => NaN)).toThrow(
      "logSnr goes from Infinity to NaN at t = 1",
    );
    expect(() => scheduleFromLogSnr("bad", 0.5, (u) => -u)).toThrow("steps is 0.5");
  });
});

describe("sigmoidSchedule", () => {
  /** Chen 2023, algorithm 1, as it stands there. */
  const gamma = (u: number, start: number, end: number, tau: number): number => {
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    const [first, last] = [sigmoid(start / tau), sigmoid(end / tau)];
    return (last - sigmoid((u * (end - start) + start) / tau)) / (last - first);
  };

  test.each([
    [{}, -3, 3, 1],
    [{ start: 0, end: 3, temperature: 0.3 }, 0, 3, 0.3],
    [{ start: -2, end: 4, temperature: 2 }, -2, 4, 2],
  ])("%j: α is its formula where no β is clipped", (options, start, end, tau) => {
    const { alpha, beta } = sigmoidSchedule(100, options);
    for (let t = 0; t < 100; t++) expect(alpha[t]).toBeCloseTo(gamma(t / 100, start, end, tau), 12);
    expect(beta[100]).toBe(0.999);
  });

  test("falls like a sigmoid: half is left in the middle, and the ends are slow", () => {
    const { alpha } = sigmoidSchedule(100);
    expect(alpha[50]).toBeCloseTo(0.5, 12);
    expect(alpha[40] - alpha[60]).toBeGreaterThan(3 * (alpha[0] - alpha[20]));
    // The lower the temperature, the longer it stays near the data.
    expect(sigmoidSchedule(100, { temperature: 0.3 }).alpha[20]).toBeGreaterThan(alpha[20]);
  });

  test("bad settings are named", () => {
    expect(() => sigmoidSchedule(0)).toThrow("steps is 0");
    expect(() => sigmoidSchedule(10, { start: NaN })).toThrow("start is NaN");
    expect(() => sigmoidSchedule(10, { start: 3, end: 3 })).toThrow(
      "end is 3; use a number above start, which is 3",
    );
    expect(() => sigmoidSchedule(10, { start: 3, end: 1 })).toThrow("end is 1; use a number above start");
    expect(() => sigmoidSchedule(10, { end: Infinity })).toThrow("end is Infinity; use a finite number");
    expect(() => sigmoidSchedule(10, { temperature: 0 })).toThrow("temperature is 0");
  });
});

describe("zeroTerminalSnr", () => {
  const schedules: Readonly<Record<string, Schedule>> = {
    linear: zeroTerminalSnr(linearSchedule(1000)),
    cosine: zeroTerminalSnr(cosineSchedule(1000)),
    "slowly increasing": zeroTerminalSnr(slowlyIncreasingSchedule(1000)),
  };

  test.each(reference)("agrees with diffusers: $name at t = $t", ({ name, t, beta, alpha }) => {
    const { [name]: schedule } = schedules;
    expect(Math.abs(schedule.beta[t] / beta - 1)).toBeLessThan(1e-9);
    expect(Math.abs(schedule.alpha[t] - alpha)).toBeLessThanOrEqual(1e-9 * alpha);
  });

  test.each([
    ["linear", linearSchedule(50)],
    ["cosine", cosineSchedule(7)],
    ["two steps", linearSchedule(2, { scaled: false })],
  ])("keeps √α_1, ends at 0, and moves and stretches √α between: %s", (_, schedule) => {
    const T = schedule.steps;
    const ended = zeroTerminalSnr(schedule);
    expect(ended.name).toBe(`${schedule.name}, zero terminal SNR`);
    expect(ended.alpha[1]).toBeCloseTo(schedule.alpha[1], 14);
    expect([ended.alpha[T], ended.beta[T], ended.snr[T]]).toEqual([0, 1, 0]);
    const [first, last] = [Math.sqrt(schedule.alpha[1]), Math.sqrt(schedule.alpha[T])];
    for (let t = 1; t <= T; t++) {
      const expected = ((Math.sqrt(schedule.alpha[t]) - last) * first) / (first - last);
      expect(Math.sqrt(ended.alpha[t])).toBeCloseTo(expected, 12);
    }
  });

  test("a second time changes nothing", () => {
    const once = zeroTerminalSnr(linearSchedule(30));
    const twice = zeroTerminalSnr(once);
    for (let t = 0; t <= 30; t++) expect(twice.alpha[t]).toBeCloseTo(once.alpha[t], 14);
  });

  test("refuses a single step", () => {
    expect(() => zeroTerminalSnr(linearSchedule(1))).toThrow("The schedule has 1 step; use one of 2 or more");
  });
});

describe("slowlyIncreasingSchedule", () => {
  test("with the power 1 it is the linear schedule with the same ends", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1200 }), fc.boolean(), (steps, scaled) => {
        const ends = { from: 2e-4, to: 0.015, scaled };
        expectSame(
          slowlyIncreasingSchedule(steps, { ...ends, power: 1 }),
          linearSchedule(steps, ends),
          1e-12,
        );
      }),
      { numRuns: 30 },
    );
  });

  test.each([1, 2, 3, 0.5])("power %d: the root of β grows linearly between the ends", (power) => {
    const { beta } = slowlyIncreasingSchedule(1000, { from: 1e-4, to: 0.02, power });
    expect(beta[1]).toBeCloseTo(1e-4, 14);
    expect(beta[1000]).toBeCloseTo(0.02, 14);
    const roots = beta.map((value) => value ** (1 / power));
    const middle = roots[1] + (roots[1000] - roots[1]) * (299 / 999);
    expect(roots[300]).toBeCloseTo(middle, 12);
  });

  test("adds in all as much noise as the linear one, later", () => {
    const [slow, linear] = [slowlyIncreasingSchedule(1000), linearSchedule(1000)];
    expect(Math.log(slow.alpha[1000]) / Math.log(linear.alpha[1000])).toBeCloseTo(1, 0);
    expect(slow.alpha[300]).toBeGreaterThan(linear.alpha[300] + 0.05);
    expect(slowlyIncreasingSchedule(50).alpha[50]).toBeLessThan(1e-3);
  });

  test("bad settings are named", () => {
    expect(() => slowlyIncreasingSchedule(0)).toThrow("steps is 0");
    expect(() => slowlyIncreasingSchedule(10, { power: 0 })).toThrow("power is 0");
    expect(() => slowlyIncreasingSchedule(10, { from: -1 })).toThrow(
      "from is -1; use a finite number of 0 or more",
    );
    expect(() => slowlyIncreasingSchedule(10, { to: NaN })).toThrow("to is NaN");
    expect(() => slowlyIncreasingSchedule(10, { to: 2, scaled: false })).toThrow("β_8 is 1.2");
  });
});
