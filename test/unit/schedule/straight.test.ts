import * as fc from "fast-check";
import { cosineSchedule, kernelVariance, logSnr, straightSchedule } from "diffusion";

test("α_t = (1-τ)² / ((1-τ)² + τ²) with τ = t/T: z over √α + √(1-α) lies on the straight line at τ", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), (T) => {
      const { alpha, name, steps } = straightSchedule(T);
      expect([name, steps]).toEqual(["straight", T]);
      for (let t = 0; t <= T; t++) {
        const tau = t / T;
        expect(alpha[t]).toBeCloseTo((1 - tau) ** 2 / ((1 - tau) ** 2 + tau ** 2), 11);
      }
    }),
    { numRuns: 20 },
  );
});

test("ends in noise alone, exactly", () => {
  for (const T of [1, 2, 1000]) {
    const schedule = straightSchedule(T);
    expect([schedule.alpha[T], schedule.snr[T], schedule.beta[T], kernelVariance(T, schedule)]).toEqual([
      0, 0, 1, 1,
    ]);
  }
});

test("1 - α_t keeps its digits where α_t is close to 1", () => {
  const T = 1e5;
  const schedule = straightSchedule(T);
  for (const t of [1, 2, 100]) {
    const sigma = t / T / (1 - t / T);
    expect(kernelVariance(t, schedule) / (sigma ** 2 / (1 + sigma ** 2))).toBeCloseTo(1, 11);
  }
});

test("a shift is one of the times: σ is multiplied by √(m/n), as for images of m pixels instead of n", () => {
  const T = 200;
  const ratio = 4;
  const [plain, shifted] = [0, -Math.log(ratio)].map((shift) => straightSchedule(T, { shift }));
  for (let t = 1; t < T; t++) {
    expect(logSnr(shifted)[t] - logSnr(plain)[t]).toBeCloseTo(-Math.log(ratio), 9);
    // Esser et al. 2024, equation 23.
    const tau = (Math.sqrt(ratio) * (t / T)) / (1 + (Math.sqrt(ratio) - 1) * (t / T));
    expect(shifted.alpha[t]).toBeCloseTo((1 - tau) ** 2 / ((1 - tau) ** 2 + tau ** 2), 11);
  }
  expect(shifted.alpha[T]).toBe(0);
  // The unit is that of other schedules' shifts.
  const [cosine, noisier] = [0, -1].map((shift) => cosineSchedule(T, { offset: 0, shift }));
  expect(logSnr(noisier)[100] - logSnr(cosine)[100]).toBeCloseTo(
    logSnr(straightSchedule(T, { shift: -1 }))[100] - logSnr(plain)[100],
    6,
  );
});

test("bad arguments are named", () => {
  expect(() => straightSchedule(0)).toThrow("steps is 0; use a whole number of 1 or more");
  expect(() => straightSchedule(10, { shift: NaN })).toThrow("shift is NaN; use a finite number");
});
