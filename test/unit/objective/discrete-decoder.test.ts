import * as fc from "fast-check";
import { levelValues, logLevelProbability } from "diffusion";
import { logNormalMass } from "../../../src/objective/log-normal-mass";
import reference from "./bits-reference.json";

describe("log P(a ≤ X ≤ b) of a standard normal X", () => {
  const intervals = reference.intervals.map((values) => values.map(Number)); // "inf" is NaN

  test("is right to 13 digits, in the middle and far out, for long intervals and short ones (bits-reference.py)", () => {
    expect(intervals.length).toBeGreaterThan(200);
    for (const [a, end, expected] of intervals) {
      const b = Number.isNaN(end) ? Infinity : end;
      for (const found of [logNormalMass(a, b), logNormalMass(-b, -a)]) {
        expect(Math.abs(found - expected)).toBeLessThan(1e-13 * Math.max(1, Math.abs(expected)));
        // Where nearly all of the mass is within, what is missing has digits of its own.
        if (expected > -1e-3) expect(Math.abs(found / expected - 1)).toBeLessThan(1e-11);
      }
    }
  });

  test("is finite as far as numbers go, and falls like -x²/2", () => {
    for (const x of [1e3, 1e6, 1e12, 1e100]) {
      expect(logNormalMass(x, Infinity) / (-0.5 * x * x)).toBeCloseTo(1, 3);
      expect(logNormalMass(-Infinity, -x) / (-0.5 * x * x)).toBeCloseTo(1, 3);
    }
    expect(logNormalMass(-Infinity, Infinity)).toBeCloseTo(0, 15);
  });

  test("has no jump where one formula takes over from another", () => {
    const widths = [0.1, 0.3, 0.4999999, 0.5000001, 0.8, 2];
    for (const width of widths) {
      for (const edge of [0, 1, 2, 0.5 / width]) {
        for (const offset of [0, width / 2, width]) {
          const at = (shift: number): number =>
            logNormalMass(edge - offset + shift, edge - offset + shift + width);
          expect(Math.abs(at(1e-9) - at(-1e-9))).toBeLessThan(2e-8);
          // Straight over so short a way, to rounding.
          expect(Math.abs(at(1e-9) - 2 * at(0) + at(-1e-9))).toBeLessThan(2e-14);
        }
      }
    }
  });
});

describe("the discrete decoder", () => {
  test.each(reference.pixels)(
    "level %d for the mean %d, the variance %d and %d levels: %d nats (bits-reference.py)",
    (level, mean, variance, levels, expected) => {
      const found = logLevelProbability(level, { mean, variance }, levels);
      expect(Math.abs(found / expected - 1)).toBeLessThan(1e-10);
    },
  );

  test("its probabilities add up to 1, for any mean and width", () => {
    const mean = fc.double({ min: -3, max: 3, noNaN: true });
    const logDeviation = fc.double({ min: -7, max: 3, noNaN: true });
    const levels = fc.constantFrom(2, 3, 16, 256);
    fc.assert(
      fc.property(mean, logDeviation, levels, (center, log, count) => {
        const normal = { mean: center, variance: Math.exp(2 * log) };
        let sum = 0;
        for (let level = 0; level < count; level++)
          sum += Math.exp(logLevelProbability(level, normal, count));
        expect(Math.abs(sum - 1)).toBeLessThan(1e-12);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test("bins reach half-way to their neighbours: a mean between two levels is as good for both", () => {
    const values = levelValues(256);
    expect([values[0], values[255]]).toEqual([-1, 1]);
    for (const level of [1, 57, 253]) {
      expect(values[level]).toBeCloseTo(level / 127.5 - 1, 15);
      const normal = { mean: (values[level] + values[level + 1]) / 2, variance: 1e-4 };
      const [lower, upper] = [level, level + 1].map((one) => logLevelProbability(one, normal));
      expect(lower).toBeCloseTo(upper, 10);
    }
  });

  test("the farther off a mean, the less likely: no -∞ within the pixels' range", () => {
    let before = logLevelProbability(255, { mean: 1, variance: 1e-8 });
    for (let level = 254; level >= 0; level--) {
      const log = logLevelProbability(level, { mean: 1, variance: 1e-8 });
      expect(log).toBeLessThan(before);
      expect(log).toBeGreaterThan(-Infinity);
      before = log;
    }
  });

  test("bad arguments are named", () => {
    const normal = { mean: 0, variance: 1 };
    expect(() => logLevelProbability(256, normal)).toThrow("level is 256; use a whole number from 0 to 255");
    expect(() => logLevelProbability(0, normal, 1)).toThrow("levels is 1");
    expect(() => logLevelProbability(0, { mean: NaN, variance: 1 })).toThrow("mean is NaN");
    expect(() => logLevelProbability(0, { mean: 0, variance: 0 })).toThrow("variance is 0");
    expect(() => levelValues(1e6)).toThrow("levels is 1000000");
  });
});
