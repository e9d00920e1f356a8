import {
  bookMixture,
  cosineSchedule,
  denoisingErrors,
  exactDenoiser,
  exactErrors,
  gaussianMixture,
  linearSchedule,
  meanLogDensity,
  tf,
  type Schedule,
} from "diffusion";
import { integrate } from "../../../src/mixture/integrate";
import { normalCdf } from "../../../src/mixture/normal-cdf";

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Σ f over a grid on [-12, 12]. */
function sumOver(f: (x: number) => number, step = 0.005): number {
  let sum = 0;
  for (let i = -12 / step; i <= 12 / step; i++) sum += f(i * step);
  return sum * step;
}

describe("normalCdf", () => {
  // By mpmath, with 40 digits, rounded.
  test.each([
    [-7.5, 3.1908916729108963e-14],
    [-5, 2.866515718791939e-7],
    [-3, 0.0013498980316300946],
    [-1.5, 0.06680720126885807],
    [-0.3, 0.3820885778110474],
    [0, 0.5],
    [0.001, 0.500398942213911],
    [0.5, 0.6914624612740131],
    [1, 0.8413447460685429],
    [1.959963984540054, 0.975],
    [2.5, 0.9937903346742238],
    [4, 0.9999683287581669],
    [6, 0.9999999990134123],
    [7.9, 0.9999999999999986],
    [-40, 0],
    [40, 1],
  ])("of %d is %d", (x, expected) => {
    expect(Math.abs(normalCdf(x) - expected)).toBeLessThan(1e-14);
  });

  test("is 1 less that of the other side, rises but for rounding, and stays within 0 … 1", () => {
    let before = 0;
    for (let x = -9; x <= 9; x += 0.013) {
      expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 14);
      expect(normalCdf(x)).toBeGreaterThanOrEqual(before - 2e-15);
      expect(normalCdf(x)).toBeGreaterThanOrEqual(0);
      expect(normalCdf(x)).toBeLessThanOrEqual(1);
      before = normalCdf(x);
    }
  });
});

describe("integrate", () => {
  test("gives moments and other expectations to many digits", () => {
    expect(integrate(bookMixture, () => 1)).toBeCloseTo(1, 12);
    expect(integrate(bookMixture, (x) => x)).toBeCloseTo(bookMixture.mean, 12);
    expect(integrate(bookMixture, (x) => (x - bookMixture.mean) ** 2)).toBeCloseTo(bookMixture.variance, 12);
    // E cos x = Σ w cos(m) exp(-s²/2).
    const { weights, means, deviations } = bookMixture;
    const exact = weights.reduce(
      (sum, w, k) => sum + w * Math.cos(means[k]) * Math.exp(-(deviations[k] ** 2) / 2),
      0,
    );
    expect(integrate(bookMixture, Math.cos)).toBeCloseTo(exact, 12);
  });

  test("however narrow and far apart the components are", () => {
    const narrow = gaussianMixture({ means: [-5, 7], deviations: [0.001, 0.5], weights: [0.25, 0.75] });
    expect(integrate(narrow, () => 1)).toBeCloseTo(1, 10);
    expect(integrate(narrow, (x) => x)).toBeCloseTo(4, 10);
  });
});

describe("exactErrors", () => {
  test.each<[string, Schedule]>([
    ["linear", linearSchedule(30)],
    ["cosine", cosineSchedule(30)],
  ])("are E Var[x | z_t], by another sum: %s", (_, schedule) => {
    const { squared, norms, size } = exactErrors(bookMixture, schedule);
    expect(squared).toHaveLength(31);
    expect(squared[0]).toHaveLength(0);
    expect(size).toBe(1);
    for (const t of [1, 5, 17, 30]) {
      // Var[x] less the variance of E[x | z].
      const marginal = bookMixture.marginal(t, schedule);
      const second = sumOver((z) => marginal.density(z) * bookMixture.posteriorMean(z, t, schedule) ** 2);
      expect(squared[t][0]).toBeCloseTo(bookMixture.variance + bookMixture.mean ** 2 - second, 8);
    }
    expect(norms[0]).toBeCloseTo(
      sumOver((x) => x ** 2 * bookMixture.density(x)),
      8,
    );
  });

  test("grow with t, from nearly nothing to nearly the variance of the data", () => {
    const { squared } = exactErrors(bookMixture, linearSchedule(100));
    for (let t = 2; t <= 100; t++) expect(squared[t][0]).toBeGreaterThan(squared[t - 1][0]);
    expect(squared[1][0]).toBeLessThan(2e-3);
    expect(squared[100][0] / bookMixture.variance).toBeGreaterThan(0.999);
  });

  test("of one component are v(1-α)/(αv + 1-α)", () => {
    const schedule = linearSchedule(50);
    const normal = gaussianMixture({ means: [2], deviations: [0.5], weights: [1] });
    const { squared } = exactErrors(normal, schedule);
    for (let t = 1; t <= 50; t++) {
      const { [t]: alpha } = schedule.alpha;
      expect(squared[t][0]).toBeCloseTo((0.25 * (1 - alpha)) / (0.25 * alpha + 1 - alpha), 12);
    }
  });

  test("are what is measured with the exact denoiser, within chance", async () => {
    const schedule = linearSchedule(20);
    const exact = exactErrors(bookMixture, schedule);
    const x = tf.tensor1d(Float32Array.from(bookMixture.sample(20_000, 1)));
    const measured = await denoisingErrors(exactDenoiser(bookMixture, schedule), x, schedule, { seed: 2 });
    for (let t = 1; t <= 20; t++) {
      const all = Array.from(measured.squared[t]);
      const middle = mean(all);
      const error = Math.sqrt(mean(all.map((value) => (value - middle) ** 2)) / all.length);
      expect(Math.abs(middle - exact.squared[t][0])).toBeLessThan(5 * error);
      expect(error).toBeLessThan(0.03 * middle);
    }
    expect(mean(measured.norms) / exact.norms[0]).toBeCloseTo(1, 1);
  });
});

describe("meanLogDensity", () => {
  test("of a normal distribution is -½ log(2πe v)", () => {
    const normal = gaussianMixture({ means: [-3], deviations: [0.2], weights: [1] });
    expect(meanLogDensity(normal)).toBeCloseTo(-0.5 * Math.log(2 * Math.PI * Math.E * 0.04), 12);
  });

  test("of the book's mixture is the sum over a grid", () => {
    const density = (x: number): number => bookMixture.density(x);
    const exact = sumOver((x) => (density(x) > 0 ? density(x) * bookMixture.logDensity(x) : 0));
    expect(meanLogDensity(bookMixture)).toBeCloseTo(exact, 10);
  });
});

describe("cdf", () => {
  test("is the integral of the density", () => {
    let sum = 0;
    const step = 0.001;
    for (let i = -6000; i <= 6000; i++) {
      const x = i * step;
      // Simpson's rule from one place to the next.
      if (i % 500 === 0) expect(bookMixture.cdf(x)).toBeCloseTo(sum, 10);
      const middle = bookMixture.density(x + step / 2);
      sum += ((bookMixture.density(x) + 4 * middle + bookMixture.density(x + step)) * step) / 6;
    }
  });

  test("of marginals and reverse steps, too; from 0 to 1; and bad arguments are named", () => {
    const schedule = linearSchedule(10);
    const marginal = bookMixture.marginal(6, schedule);
    const reverse = bookMixture.reverse(0.4, 6, schedule);
    for (const each of [marginal, reverse]) {
      expect(each.cdf(-30)).toBe(0);
      expect(each.cdf(30)).toBeCloseTo(1, 14);
      const h = 1e-4;
      expect((each.cdf(0.3 + h) - each.cdf(0.3 - h)) / (2 * h)).toBeCloseTo(each.density(0.3), 6);
    }
    expect(() => bookMixture.cdf(NaN)).toThrow("x is NaN");
  });
});

describe("the reverse step of a mixture on the line", () => {
  const schedule = cosineSchedule(12);
  const kernel = (z: number, before: number, beta: number): number =>
    Math.exp(-((z - Math.sqrt(1 - beta) * before) ** 2) / (2 * beta)) / Math.sqrt(2 * Math.PI * beta);

  test.each([2, 5, 9, 12])("follows Bayes' rule on a grid at t = %d", (t) => {
    const { [t]: beta } = schedule.beta;
    const before = bookMixture.marginal(t - 1, schedule);
    for (const z of [-1.4, 0.2, 2]) {
      const joint = (earlier: number): number => before.density(earlier) * kernel(z, earlier, beta);
      const total = sumOver(joint);
      const reverse = bookMixture.reverse(z, t, schedule);
      for (const earlier of [-1, 0, 0.3, 1.5]) {
        expect(reverse.density(earlier)).toBeCloseTo(joint(earlier) / total, 8);
      }
      const first = sumOver((earlier) => earlier * joint(earlier)) / total;
      expect(reverse.mean).toBeCloseTo(first, 8);
      expect(reverse.variance).toBeCloseTo(
        sumOver((earlier) => (earlier - first) ** 2 * joint(earlier)) / total,
        8,
      );
    }
  });

  test("∫ q(z_t) q(z_{t-1} | z_t) dz_t = q(z_{t-1})", () => {
    for (const t of [3, 8, 12]) {
      const [after, before] = [bookMixture.marginal(t, schedule), bookMixture.marginal(t - 1, schedule)];
      for (const earlier of [-1.2, 0.1, 0.9]) {
        const total = sumOver(
          (z) => after.density(z) * bookMixture.reverse(z, t, schedule).density(earlier),
          0.01,
        );
        expect(total).toBeCloseTo(before.density(earlier), 8);
      }
    }
  });

  test("at t = 1 it is q(x | z_1): its moments are those given z_1", () => {
    for (const z of [-1.7, 0.3, 1.2]) {
      const reverse = bookMixture.reverse(z, 1, schedule);
      expect(reverse.mean).toBeCloseTo(bookMixture.posteriorMean(z, 1, schedule), 12);
      expect(reverse.variance).toBeCloseTo(bookMixture.posteriorVariance(z, 1, schedule), 12);
    }
  });

  test("stays a mixture far out, and refuses what is none", () => {
    const far = bookMixture.reverse(50, 5, schedule);
    expect(Number.isFinite(far.mean)).toBe(true);
    expect(Number.isFinite(far.logDensity(0))).toBe(true);
    expect(() => bookMixture.reverse(0, 0, schedule)).toThrow("t is 0; use a whole number from 1 to 12");
    expect(() => bookMixture.reverse(NaN, 1, schedule)).toThrow("z is NaN");
  });
});
