import * as fc from "fast-check";
import { randomNormal, wasserstein1 } from "diffusion";
import * as normal from "./normal";
import reference from "./reference.json";

const numbers = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 12 });
const draw = (mean: number, seed: number): Float32Array =>
  randomNormal([100_000], seed).add(mean).dataSync<"float32">();

/** By the quantile functions: both samples repeated to one length, the smallest to the smallest and so on. */
function byQuantiles(a: readonly number[], b: readonly number[]): number {
  const repeated = (values: readonly number[], times: number): number[] =>
    values.flatMap((value) => Array<number>(times).fill(value)).sort((x, y) => x - y);
  const longB = repeated(b, a.length);
  const distances = repeated(a, b.length).map((value, i) => Math.abs(value - longB[i]));
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
}

describe("two samples", () => {
  test.each(reference)("as scipy (reference.py): $name", (row) => {
    expect(wasserstein1(row.a, row.b)).toBeCloseTo(row.wasserstein1, 12);
  });

  test("as by the quantile functions, for any lengths", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect(wasserstein1(a, b)).toBeCloseTo(byQuantiles(a, b), 10);
      }),
    );
  });

  test("symmetric, and zero for the same numbers in any order", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect(wasserstein1(a, b)).toBeCloseTo(wasserstein1(b, a), 12);
        expect(wasserstein1(a, [...a].reverse())).toBe(0);
        expect(wasserstein1(a, [...a, ...a])).toBeCloseTo(0, 12);
      }),
    );
  });

  test("a shift is its own distance, and units stay units", () => {
    fc.assert(
      fc.property(numbers, numbers, fc.double({ min: -50, max: 50, noNaN: true }), (a, b, c) => {
        const shifted = a.map((value) => value + c);
        expect(wasserstein1(a, shifted)).toBeCloseTo(Math.abs(c), 10);
        const [scaledA, scaledB] = [a, b].map((values) => values.map((value) => c * value));
        expect(wasserstein1(scaledA, scaledB)).toBeCloseTo(Math.abs(c) * wasserstein1(a, b), 8);
      }),
    );
  });

  test("leaves its arguments as they are", () => {
    const a = Float64Array.of(3, 1, 2);
    wasserstein1(a, a);
    expect([...a]).toEqual([3, 1, 2]);
  });

  test("100,000 numbers each: |m| between N(0, 1) and N(m, 1), and the noise floor", () => {
    const [a, b, c] = [draw(0, 1), draw(0.5, 2), draw(0, 3)];
    // The means' standard error is √(2 / n).
    expect(Math.abs(wasserstein1(a, b) - 0.5)).toBeLessThan(5 * Math.sqrt(2 / 100_000));
    const floor = wasserstein1(a, c);
    expect(floor).toBeGreaterThan(0.001);
    expect(floor).toBeLessThan(0.015);
  });
});

describe("a sample and a distribution", () => {
  const standard = { cdf: normal.cdf };
  const uniform = { cdf: (x: number) => Math.min(1, Math.max(0, x)) };

  test.each([0, 0.3, 1, -2, 40])("one number %d is E|X - x| away: normal, uniform, exponential", (x) => {
    expect(wasserstein1([x], standard)).toBeCloseTo(normal.meanAbsolute(x, 1), 6);
    const inside = Math.min(1, Math.max(0, x));
    const fromUniform = (inside ** 2 + (1 - inside) ** 2) / 2 + Math.abs(x - inside);
    expect(wasserstein1([x], uniform)).toBeCloseTo(fromUniform, 6);
    const exponential = { cdf: (at: number) => (at > 0 ? 1 - Math.exp(-at) : 0) };
    const fromExponential = x > 0 ? x - 1 + 2 * Math.exp(-x) : 1 - x;
    expect(wasserstein1([x], exponential)).toBeCloseTo(fromExponential, 6);
  });

  test("a long tail counts: E X = 2 for P(X > x) = 1 / x²", () => {
    expect(wasserstein1([0], { cdf: (x) => (x > 1 ? 1 - x ** -2 : 0) })).toBeCloseTo(2, 6);
  });

  test("narrow parts far apart are found", () => {
    const mixture = {
      cdf: (x: number) => 0.25 * normal.cdf((x + 500) / 1e-4) + 0.75 * normal.cdf((x - 700) / 1e-4),
    };
    expect(wasserstein1([-3], mixture)).toBeCloseTo(0.25 * 497 + 0.75 * 703, 5);
    expect(wasserstein1([-500, 700, 700, 700], mixture)).toBeCloseTo(1e-4 * normal.meanAbsolute(0, 1), 5);
  });

  test("a number that has run away costs its distance", () => {
    const a = [...normal.quantiles(999), 1e9];
    expect(wasserstein1(a, standard) / 1e6).toBeCloseTo(1, 5);
  });

  test("shifted and scaled normals, with a sample without chance", () => {
    const a = normal.quantiles(3000);
    expect(wasserstein1(a, standard)).toBeLessThan(1e-3);
    expect(wasserstein1(a, { cdf: (x) => normal.cdf(x - 2) })).toBeCloseTo(2, 5);
    const wide = { cdf: (x: number) => normal.cdf(x / 1.5) };
    expect(wasserstein1(a, wide)).toBeCloseTo(0.5 * Math.sqrt(2 / Math.PI), 3);
  });

  test("where the functions cross, both sides count: 1 / (4 n) for n evenly spaced numbers and the uniform", () => {
    for (const n of [10, 100_000]) {
      const even = Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n);
      expect(4 * n * wasserstein1(even, uniform)).toBeCloseTo(1, 3);
    }
  });

  test("the other sample's steps as a distribution give the samples' distance", () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const steps = { cdf: (x: number) => b.filter((value) => value <= x).length / b.length };
        expect(Math.abs(wasserstein1(a, steps) - wasserstein1(a, b))).toBeLessThan(1e-5);
      }),
      { numRuns: 30 },
    );
  });

  test("equal numbers, and almost equal ones, say nothing about the distribution's width", () => {
    for (const a of [
      [-2, -2],
      [-2, -2 + 1e-15],
      [0, 5e-324],
    ]) {
      expect(wasserstein1(a, standard)).toBeCloseTo(normal.meanAbsolute(a[0], 1), 6);
    }
  });

  test.each([1e-6, 1e6])("in units of %d", (unit) => {
    const a = [-1, 0.5, 0.7].map((value) => value * unit);
    const scaled = wasserstein1(a, { cdf: (x) => normal.cdf(x / unit) }) / unit;
    expect(scaled).toBeCloseTo(wasserstein1([-1, 0.5, 0.7], standard), 6);
  });

  test("100,000 draws are within the noise", () => {
    expect(wasserstein1(draw(0, 4), standard)).toBeLessThan(0.01);
  });
});

describe("refuses", () => {
  test("empty samples and what is not finite", () => {
    expect(() => wasserstein1([], [1])).toThrow("a is empty; give at least one number");
    expect(() => wasserstein1([1], [])).toThrow("b is empty; give at least one number");
    expect(() => wasserstein1([1, NaN], [1])).toThrow("a[1] is NaN; all 2 must be finite numbers");
    expect(() => wasserstein1([1], [Infinity])).toThrow("b[0] is Infinity");
  });

  test("functions that are no distribution function", () => {
    const rises = "a distribution function rises from 0 to 1";
    expect(() => wasserstein1([1], { cdf: () => NaN })).toThrow(`b.cdf is NaN at 1; ${rises}`);
    expect(() => wasserstein1([1], { cdf: (x) => 2 * x })).toThrow(`b.cdf is 2 at 1; ${rises}`);
    expect(() => wasserstein1([1], { cdf: normal.density })).toThrow(
      /b\.cdf does not come near 1 even at .*e\+307/,
    );
    expect(() => wasserstein1([1], { cdf: (x) => normal.cdf(-x) })).toThrow("does not come near 0 even at -");
    expect(() => wasserstein1([1], { cdf: () => 1 })).toThrow("does not come near 0 even at -");
    const bump = (x: number): number => (x > 0.5 && x < 0.6 ? 0.2 : Math.min(1, Math.max(0, x)));
    expect(() => wasserstein1([0.3], { cdf: bump })).toThrow(/b\.cdf falls from 0\.\d+ at/);
  });
});
