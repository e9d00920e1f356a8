import * as fc from "fast-check";
import { cosineSchedule, linearSchedule, logSnr, scheduleFromBetas, type Schedule } from "diffusion";
import reference from "./reference.json";

const steps = fc.integer({ min: 1, max: 1500 });
const schedules = fc.oneof(
  steps.map((T) => linearSchedule(T)),
  steps.map((T) => cosineSchedule(T)),
  fc
    .array(fc.double({ min: 1e-6, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 100 })
    .map((betas) => scheduleFromBetas("any", betas)),
);

describe("agrees with diffusers (reference.py) to 1e-6", () => {
  const ours: Record<string, Schedule> = {
    linear: linearSchedule(1000),
    cosine: cosineSchedule(1000),
  };

  test.each(reference.schedules)("$name at t = $t", ({ name, t, beta, alpha, snr }) => {
    const schedule = ours[name];
    expect(schedule.beta[t] / beta).toBeCloseTo(1, 6);
    expect(schedule.alpha[t] / alpha).toBeCloseTo(1, 6);
    expect(schedule.snr[t] / snr).toBeCloseTo(1, 6);
  });
});

test("t runs from 0 to T: z_0 is the data", () => {
  const { beta, alpha, snr, steps: T } = linearSchedule(10);
  expect([beta.length, alpha.length, snr.length, T]).toEqual([11, 11, 11, 10]);
  expect([beta[0], alpha[0], snr[0]]).toEqual([0, 1, Infinity]);
});

test("alpha is cumulative: α_t = α_{t-1} (1 - β_t)", () => {
  fc.assert(
    fc.property(schedules, ({ alpha, beta, steps: T }) => {
      for (let t = 1; t <= T; t++) expect(alpha[t]).toBeCloseTo(alpha[t - 1] * (1 - beta[t]), 14);
    }),
    { numRuns: 30 },
  );
});

test("SNR(t) = α_t / (1 - α_t), and falls at every step", () => {
  fc.assert(
    fc.property(schedules, ({ alpha, snr, steps: T }) => {
      for (let t = 1; t <= T; t++) {
        expect(snr[t]).toBeLessThan(snr[t - 1]);
        expect((snr[t] * (1 - alpha[t])) / alpha[t]).toBeCloseTo(1, 6);
      }
    }),
    { numRuns: 30 },
  );
});

test("log SNR is its logarithm, ∞ at t = 0", () => {
  const schedule = cosineSchedule(100);
  const log = logSnr(schedule);
  expect(log[0]).toBe(Infinity);
  expect(log[50]).toBeCloseTo(Math.log(schedule.alpha[50] / (1 - schedule.alpha[50])), 10);
});

test("a shift multiplies the signal-to-noise ratio at all times", () => {
  const [plain, noisier] = [{}, { shift: -2 }].map((options) =>
    cosineSchedule(400, { offset: 0, ...options }),
  );
  const before = logSnr(plain);
  const difference = logSnr(noisier).map((each, t) => each - before[t]);
  for (let t = 1; t < 400; t++) {
    expect(difference[t]).toBeCloseTo(-2, 6);
  }
  expect(() => cosineSchedule(10, { shift: NaN })).toThrow("shift is NaN; use a finite number");
});

test("scaled linear and cosine end near pure noise for any number of steps", () => {
  for (let T = 1; T <= 2000; T += T < 60 ? 1 : 97) {
    expect(linearSchedule(T).alpha[T]).toBeLessThan(2e-3);
    expect(cosineSchedule(T).alpha[T]).toBeLessThan(2e-3);
  }
});

test("unscaled linear with few steps does not reach noise", () => {
  expect(linearSchedule(50, { scaled: false }).alpha[50]).toBeCloseTo(0.603, 3);
});

test("the cosine schedule follows its formula where no β is clipped", () => {
  const T = 400;
  const f = (t: number): number => Math.cos(((t / T + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
  const { alpha } = cosineSchedule(T);
  for (const t of [1, 100, 200, 390]) expect(alpha[t]).toBeCloseTo(f(t) / f(0), 12);
});

test("1 - α_t keeps its digits where α_t is close to 1", () => {
  const { snr } = scheduleFromBetas("tiny", [1e-14, 1e-14]);
  expect(snr[2] * 2e-14).toBeCloseTo(1, 10);
});

test("a schedule cannot be changed", () => {
  const schedule = linearSchedule(10) as { steps: number };
  expect(() => {
    schedule.steps = 5;
  }).toThrow(TypeError);
});

describe("bad arguments are named", () => {
  test.each([0, 1, -0.1, 1.5, NaN, Infinity])("β = %d", (beta) => {
    const betas = [0.1, beta, 0.1];
    expect(() => scheduleFromBetas("bad", betas)).toThrow(`β_2 is ${beta}; a variance between 0 and 1`);
  });
  test.each([0, -1, 2.5, NaN])("T = %d", (T) => {
    expect(() => linearSchedule(T)).toThrow(`steps is ${T}; use a whole number of 1 or more`);
    expect(() => cosineSchedule(T)).toThrow(`steps is ${T}`);
  });
  test("settings", () => {
    expect(() => linearSchedule(10, { from: NaN })).toThrow("from is NaN");
    expect(() => linearSchedule(10, { from: -1e-4 })).toThrow("β_1 is");
    expect(() => cosineSchedule(10, { offset: -1 })).toThrow(
      "offset is -1; use a finite number of 0 or more",
    );
    expect(() => cosineSchedule(10, { maxBeta: 1.1 })).toThrow(
      "maxBeta is 1.1; use a finite number from 0 to 1",
    );
    expect(() => scheduleFromBetas("none", [])).toThrow("the number of steps T is 0");
  });
});
