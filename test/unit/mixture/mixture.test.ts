import * as fc from "fast-check";
import {
  bookMixture,
  cosineSchedule,
  gaussianMixture,
  linearSchedule,
  type GaussianMixture,
} from "diffusion";

const schedule = linearSchedule(100);
const times = [0, 1, 10, 50, 100];

/** The integral of f over the line, by the trapezoidal rule (exact to many digits for smooth, decaying f). */
function integrate(f: (x: number) => number, step = 0.005, range = 12): number {
  let sum = 0;
  for (let x = -range; x <= range; x += step) sum += f(x);
  return sum * step;
}

const mixtures: fc.Arbitrary<GaussianMixture> = fc
  .array(
    fc.record({
      mean: fc.double({ min: -3, max: 3, noNaN: true }),
      deviation: fc.double({ min: 0.05, max: 1, noNaN: true }),
      weight: fc.double({ min: 0.05, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => {
    const total = parts.reduce((sum, { weight }) => sum + weight, 0);
    return gaussianMixture({
      means: parts.map(({ mean }) => mean),
      deviations: parts.map(({ deviation }) => deviation),
      weights: parts.map(({ weight }) => weight / total),
    });
  });

const latents = fc.double({ min: -4, max: 4, noNaN: true });
const anyTime = fc.integer({ min: 1, max: 100 });

test("a single component is the normal density", () => {
  const normal = gaussianMixture({ means: [1], deviations: [2], weights: [1] });
  expect(normal.density(3)).toBeCloseTo(Math.exp(-0.5) / (2 * Math.sqrt(2 * Math.PI)), 12);
  expect(normal.logDensity(3)).toBeCloseTo(-0.5 - Math.log(2 * Math.sqrt(2 * Math.PI)), 12);
});

test("the log density stays finite where the density is rounded to 0", () => {
  expect(bookMixture.density(100)).toBe(0);
  expect(bookMixture.logDensity(100)).toBeLessThan(-1e4);
  expect(Number.isFinite(bookMixture.logDensity(100))).toBe(true);
  expect(Number.isFinite(bookMixture.score(100, 1, schedule))).toBe(true);
  expect(bookMixture.posteriorMean(100, 1, schedule)).toBeGreaterThan(10);
});

describe.each(times)("the marginal at t = %d", (t) => {
  const marginal = bookMixture.marginal(t, schedule);

  test("is a density: its integral is 1", () => {
    expect(integrate((z) => marginal.density(z))).toBeCloseTo(1, 8);
  });

  test("is ∫ q(x) q(z_t | x) dx", () => {
    if (t === 0) {
      expect(marginal.density(0.3)).toBe(bookMixture.density(0.3));
      return;
    }
    const alpha = schedule.alpha[t];
    const kernel = (z: number, x: number): number =>
      Math.exp(-((z - Math.sqrt(alpha) * x) ** 2) / (2 * (1 - alpha))) / Math.sqrt(2 * Math.PI * (1 - alpha));
    for (const z of [-2, 0.3, 1.4]) {
      const expected = integrate((x) => bookMixture.density(x) * kernel(z, x));
      expect(marginal.density(z)).toBeCloseTo(expected, 8);
    }
  });

  test("has the moments it says", () => {
    const mean = integrate((z) => z * marginal.density(z));
    expect(marginal.mean).toBeCloseTo(mean, 8);
    expect(marginal.variance).toBeCloseTo(
      integrate((z) => (z - mean) ** 2 * marginal.density(z)),
      8,
    );
  });
});

test("the last marginal is near N(0, 1)", () => {
  const last = bookMixture.marginal(100, schedule);
  for (const z of [-2, 0, 1.5]) {
    expect(last.density(z)).toBeCloseTo(Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI), 2);
  }
});

test("the score is the slope of the log density", () => {
  fc.assert(
    fc.property(mixtures, latents, anyTime, (mixture, z, t) => {
      const marginal = mixture.marginal(t, schedule);
      const h = 1e-5;
      const slope = (marginal.logDensity(z + h) - marginal.logDensity(z - h)) / (2 * h);
      const score = mixture.score(z, t, schedule);
      expect(Math.abs(score - slope)).toBeLessThan(1e-5 * Math.max(1, Math.abs(score)));
    }),
    { numRuns: 200 },
  );
});

test("mean and variance of x given z_t follow Bayes' rule, summed over a grid", () => {
  const t = 30;
  const alpha = schedule.alpha[t];
  for (const z of [-1.5, 0, 0.8]) {
    const joint = (x: number): number =>
      bookMixture.density(x) * Math.exp(-((z - Math.sqrt(alpha) * x) ** 2) / (2 * (1 - alpha)));
    const total = integrate(joint);
    const mean = integrate((x) => x * joint(x)) / total;
    const variance = integrate((x) => (x - mean) ** 2 * joint(x)) / total;
    expect(bookMixture.posteriorMean(z, t, schedule)).toBeCloseTo(mean, 8);
    expect(bookMixture.posteriorVariance(z, t, schedule)).toBeCloseTo(variance, 8);
  }
});

test("score and posterior mean obey Tweedie's formula: √α_t E[x | z] = z + (1 - α_t) score", () => {
  fc.assert(
    fc.property(mixtures, latents, anyTime, (mixture, z, t) => {
      const alpha = schedule.alpha[t];
      const left = Math.sqrt(alpha) * mixture.posteriorMean(z, t, schedule);
      expect(left).toBeCloseTo(z + (1 - alpha) * mixture.score(z, t, schedule), 9);
    }),
    { numRuns: 200 },
  );
});

test("at t = 0 the latent is the data", () => {
  expect(bookMixture.posteriorMean(0.4, 0, schedule)).toBeCloseTo(0.4, 12);
  expect(bookMixture.posteriorVariance(0.4, 0, schedule)).toBeCloseTo(0, 12);
});

describe("samples", () => {
  const count = 100_000;
  const samples = bookMixture.sample(count, 5);
  const mean = samples.reduce((a, b) => a + b) / count;

  test("have the mixture's mean and variance", () => {
    const variance = samples.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count;
    expect(Math.abs(mean - bookMixture.mean)).toBeLessThan(5 * Math.sqrt(bookMixture.variance / count));
    expect(Math.abs(variance / bookMixture.variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  });

  test("fill each stretch of the line in proportion to the density", () => {
    for (const [from, to] of [
      [-2.2, -1.7],
      [-0.4, 0],
      [0.2, 0.8],
      [1.2, 2.5],
    ]) {
      const steps = 1000;
      const width = (to - from) / steps;
      let share = 0;
      for (let i = 0; i < steps; i++) share += bookMixture.density(from + (i + 0.5) * width) * width;
      const found = samples.filter((x) => x >= from && x < to).length / count;
      expect(Math.abs(found - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / count));
    }
  });

  test("repeat with the seed", () => {
    expect(bookMixture.sample(50, 5)).toEqual(samples.slice(0, 50));
    expect(bookMixture.sample(50, 6)).not.toEqual(samples.slice(0, 50));
    expect(bookMixture.sample(50)).not.toEqual(bookMixture.sample(50));
  });
});

describe("bad arguments are named", () => {
  const good = { means: [0, 1], deviations: [1, 1], weights: [0.5, 0.5] };
  test.each([
    [{ means: [0] }, "means, deviations and weights have 1, 2, 2 entries"],
    [{ means: [], deviations: [], weights: [] }, "have 0, 0, 0 entries"],
    [{ means: [0, NaN] }, "means[1] is NaN"],
    [{ deviations: [1, 0] }, "deviations[1] is 0; use a number above 0"],
    [{ deviations: [1, Infinity] }, "deviations[1] is Infinity"],
    [{ weights: [1.5, -0.5] }, "weights[1] is -0.5"],
    [{ weights: [0.5, 0.4] }, "The weights add up to 0.9; probabilities add up to 1"],
  ])("%j", (bad, message) => {
    expect(() => gaussianMixture({ ...good, ...bad })).toThrow(message);
  });

  test("points and times", () => {
    expect(() => bookMixture.density(NaN)).toThrow("x is NaN; use a finite number");
    expect(() => bookMixture.score(NaN, 1, schedule)).toThrow("z is NaN");
    expect(() => bookMixture.posteriorMean(0, 101, schedule)).toThrow(
      "t is 101; use a whole number from 0 to 100",
    );
    expect(() => bookMixture.marginal(-1, cosineSchedule(10))).toThrow("t is -1");
    expect(() => bookMixture.sample(-1)).toThrow("count is -1");
  });
});
