import * as fc from "fast-check";
import {
  cosineSchedule,
  gaussianMixture,
  linearSchedule,
  planeMixture,
  tf,
  zeroTerminalSnr,
  type PlaneMixture,
  type Point,
  type Schedule,
} from "diffusion";

const schedule = linearSchedule(100);
const mixture = planeMixture({
  means: [
    [1, 0.5],
    [-1.2, 0.3],
    [0.2, -0.9],
  ],
  deviations: [[0.7, 0.25], 0.4, [0.3, 0.5]],
  angles: [0.6, 0, -1.1],
  weights: [0.5, 0.2, 0.3],
});

/** ∫∫ f over the square [-range, range]², by the trapezoidal rule. */
function integrate(f: (point: Point) => number, range = 6, step = 0.1): number {
  const count = Math.round((2 * range) / step);
  let sum = 0;
  for (let i = 0; i <= count; i++) {
    for (let j = 0; j <= count; j++) sum += f([i * step - range, j * step - range]);
  }
  return sum * step ** 2;
}

const kernel = (z: Point, x: Point, kept: number, added: number): number => {
  const squares = (z[0] - Math.sqrt(kept) * x[0]) ** 2 + (z[1] - Math.sqrt(kept) * x[1]) ** 2;
  return Math.exp(-squares / (2 * added)) / (2 * Math.PI * added);
};

const latents: Point[] = [
  [0, 0],
  [1.1, -0.4],
  [-0.8, 0.9],
];

function expectPoint(found: Point, expected: Point, digits: number): void {
  expect(found[0]).toBeCloseTo(expected[0], digits);
  expect(found[1]).toBeCloseTo(expected[1], digits);
}

describe("the density", () => {
  test.each([0, 1, 20, 100])("of the marginal at t = %d has the integral 1", (t) => {
    const marginal = mixture.marginal(t, schedule);
    expect(integrate((z) => marginal.density(z), 8)).toBeCloseTo(1, 7);
  });

  test("of one circle is the product of two normal densities", () => {
    const circle = planeMixture({ means: [[1, -2]], deviations: [0.5] });
    const normal = (x: number, mean: number): number =>
      Math.exp(-((x - mean) ** 2) / 0.5) / (0.5 * Math.sqrt(2 * Math.PI));
    expect(circle.density([1.3, -1.6])).toBeCloseTo(normal(1.3, 1) * normal(-1.6, -2), 12);
    expect(circle.logDensity([1.3, -1.6])).toBeCloseTo(Math.log(circle.density([1.3, -1.6])), 12);
    expect(Number.isFinite(circle.logDensity([500, 500]))).toBe(true);
  });

  test("an ellipse's first axis points to its angle", () => {
    const angle = 0.4;
    const ellipse = planeMixture({ means: [[0, 0]], deviations: [[2, 0.1]], angles: [angle] });
    const at = (direction: number): number => ellipse.density([Math.cos(direction), Math.sin(direction)]);
    expect(at(angle)).toBeCloseTo(Math.exp(-1 / 8) / (2 * Math.PI * 0.2), 12);
    expect(at(angle + Math.PI / 2)).toBeCloseTo(Math.exp(-50) / (2 * Math.PI * 0.2), 12);
    expect(at(angle)).toBeGreaterThan(1e3 * at(-angle));
  });

  test("turning all by an angle turns the density", () => {
    const turn = ([x, y]: Point): Point => {
      const [c, s] = [Math.cos(0.9), Math.sin(0.9)];
      return [c * x - s * y, s * x + c * y];
    };
    const turned = planeMixture({
      means: mixture.components.map(({ mean }) => turn(mean)),
      deviations: [[0.7, 0.25], 0.4, [0.3, 0.5]],
      angles: [1.5, 0.9, -0.2],
      weights: [0.5, 0.2, 0.3],
    });
    for (const z of latents) {
      expect(turned.density(turn(z))).toBeCloseTo(mixture.density(z), 12);
      expectPoint(turned.score(turn(z), 30, schedule), turn(mixture.score(z, 30, schedule)), 10);
      expectPoint(
        turned.posteriorMean(turn(z), 30, schedule),
        turn(mixture.posteriorMean(z, 30, schedule)),
        10,
      );
    }
  });
});

test("the marginal is ∫ q(x) q(z_t | x) dx", () => {
  for (const t of [15, 60]) {
    const { [t]: alpha } = schedule.alpha;
    const marginal = mixture.marginal(t, schedule);
    for (const z of latents) {
      const expected = integrate((x) => mixture.density(x) * kernel(z, x, alpha, 1 - alpha));
      expect(marginal.density(z)).toBeCloseTo(expected, 8);
    }
  }
});

test("the score is the slope of the marginal's log density", () => {
  const numbers = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: 1, max: 100 }), (x, y, t) => {
      const marginal = mixture.marginal(t, schedule);
      const logDensity = (point: Point): number => marginal.logDensity(point);
      const h = 1e-5;
      const slope: Point = [
        (logDensity([x + h, y]) - logDensity([x - h, y])) / (2 * h),
        (logDensity([x, y + h]) - logDensity([x, y - h])) / (2 * h),
      ];
      const score = mixture.score([x, y], t, schedule);
      const size = Math.max(1, Math.hypot(...score));
      expect(Math.abs(score[0] - slope[0])).toBeLessThan(1e-5 * size);
      expect(Math.abs(score[1] - slope[1])).toBeLessThan(1e-5 * size);
    }),
  );
});

test("E[x | z_t] follows Bayes' rule, summed over a grid, and Tweedie's formula", () => {
  for (const t of [15, 60]) {
    const { [t]: alpha } = schedule.alpha;
    for (const z of latents) {
      const joint = (x: Point): number => mixture.density(x) * kernel(z, x, alpha, 1 - alpha);
      const total = integrate(joint);
      const found = mixture.posteriorMean(z, t, schedule);
      expectPoint(
        found,
        [integrate((x) => x[0] * joint(x)) / total, integrate((x) => x[1] * joint(x)) / total],
        7,
      );
      const score = mixture.score(z, t, schedule);
      const tweedie = (i: 0 | 1): number => (z[i] + (1 - alpha) * score[i]) / Math.sqrt(alpha);
      expectPoint(found, [tweedie(0), tweedie(1)], 9);
    }
  }
});

test.each([
  ["linear", schedule, 40],
  ["cosine", cosineSchedule(20), 12],
])("q(z_{t-1} | z_t) follows Bayes' rule: %s", (_, schedule: Schedule, t: number) => {
  const { [t]: beta } = schedule.beta;
  const before = mixture.marginal(t - 1, schedule);
  const after = mixture.marginal(t, schedule);
  const z: Point = [0.4, -0.3];
  const reverse = mixture.reverse(z, t, schedule);
  for (const earlier of [...latents, [0.5, -0.2] as Point]) {
    const expected = (before.density(earlier) * kernel(z, earlier, 1 - beta, beta)) / after.density(z);
    expect(reverse.density(earlier) / expected).toBeCloseTo(1, 8);
  }
});

test("at t = 1 the reverse step is q(x | z_1)", () => {
  const short = cosineSchedule(4);
  const z: Point = [0.3, 0.2];
  const { components } = mixture.reverse(z, 1, short);
  const mean = (i: 0 | 1): number => components.reduce((sum, { weight, mean }) => sum + weight * mean[i], 0);
  expectPoint([mean(0), mean(1)], mixture.posteriorMean(z, 1, short), 12);
});

test("where nothing is left of the data, z_T is normal, and says nothing", () => {
  const ended = zeroTerminalSnr(schedule);
  const last = mixture.marginal(100, ended);
  expect(last.density([0.6, -0.8])).toBeCloseTo(Math.exp(-0.5) / (2 * Math.PI), 12);
  expectPoint(mixture.posteriorMean([3, 4], 100, ended), [0.5 * 1 - 0.24 + 0.06, 0.25 + 0.06 - 0.27], 12);
});

test("on the line through equal columns it is the mixture on the line", () => {
  const line = gaussianMixture({ means: [1, -0.5], deviations: [0.3, 0.6], weights: [0.4, 0.6] });
  const plane = planeMixture({
    means: [
      [1, 0],
      [-0.5, 0],
    ],
    deviations: [
      [0.3, 0.2],
      [0.6, 0.2],
    ],
    weights: [0.4, 0.6],
  });
  for (const z of [-1, 0.2, 1.4]) {
    expect(plane.posteriorMean([z, 0.7], 30, schedule)[0]).toBeCloseTo(
      line.posteriorMean(z, 30, schedule),
      12,
    );
    expect(plane.score([z, 0.7], 30, schedule)[0]).toBeCloseTo(line.score(z, 30, schedule), 12);
  }
});

describe("samples", () => {
  const count = 100_000;
  const momentsOf = (points: tf.Tensor2D): { mean: number[]; covariance: number[][] } =>
    tf.tidy(() => {
      const mean = points.mean<tf.Tensor1D>(0);
      const centred = points.sub<tf.Tensor2D>(mean);
      const covariance = tf.matMul(centred, centred, true).div<tf.Tensor2D>(points.shape[0]);
      return { mean: mean.arraySync(), covariance: covariance.arraySync() };
    });

  test("of a turned ellipse have its mean and covariance", () => {
    const angle = 0.7;
    const ellipse = planeMixture({ means: [[0.5, -1]], deviations: [[0.9, 0.3]], angles: [angle] });
    const { mean, covariance } = momentsOf(ellipse.sample(count, 1));
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const [long, short] = [0.81, 0.09];
    const expected = [
      [long * c * c + short * s * s, (long - short) * s * c],
      [(long - short) * s * c, long * s * s + short * c * c],
    ];
    const error = 5 * 0.81 * Math.sqrt(2 / count);
    expect(Math.abs(mean[0] - 0.5)).toBeLessThan(5 * Math.sqrt(0.81 / count));
    expect(Math.abs(mean[1] + 1)).toBeLessThan(5 * Math.sqrt(0.81 / count));
    expected.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(Math.abs(covariance[i][j] - value)).toBeLessThan(error);
      });
    });
  });

  test("of a mixture fill each square in proportion to the density", () => {
    const points = mixture.sample(count, 2).arraySync();
    for (const [x, y] of [
      [0.5, 0],
      [-1.5, 0],
      [0, -1.2],
      [1, 0.5],
    ]) {
      const side = 0.5;
      let share = 0;
      for (let i = 0; i < 50; i++) {
        for (let j = 0; j < 50; j++) {
          const point: Point = [x + ((i + 0.5) * side) / 50, y + ((j + 0.5) * side) / 50];
          share += mixture.density(point) * (side / 50) ** 2;
        }
      }
      const inside = points.filter(([a, b]) => a >= x && a < x + side && b >= y && b < y + side).length;
      expect(Math.abs(inside / count - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / count));
    }
  });

  test("repeat with the seed", () => {
    const draw = (seed?: number): number[] => [...mixture.sample(20, seed).dataSync()];
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    expect(draw()).not.toEqual(draw());
    expect(mixture.sample(0).shape).toEqual([0, 2]);
  });
});

test("weights are equal ones, and angles 0, if nothing is said", () => {
  const { components } = planeMixture({
    means: [
      [0, 0],
      [1, 1],
    ],
    deviations: [1, [1, 2]],
  });
  expect(components.map(({ weight }) => weight)).toEqual([0.5, 0.5]);
  expect(components[1].axes[0]).toEqual([1, 0]);
  expect(components[1].variances).toEqual([1, 4]);
});

describe("bad arguments are named", () => {
  const good = {
    means: [
      [0, 0],
      [1, 1],
    ] as Point[],
    deviations: [1, 1],
  };
  test.each<[Partial<Parameters<typeof planeMixture>[0]>, string]>([
    [{ means: [] }, "means has 0"],
    [{ deviations: [1] }, "means has 2, deviations has 1, angles has none, weights has none: give one entry"],
    [{ angles: [0] }, "angles has 1"],
    [{ weights: [1] }, "weights has 1"],
    [
      {
        means: [
          [0, NaN],
          [1, 1],
        ],
      },
      "means[0][1] is NaN",
    ],
    [{ deviations: [1, 0] }, "deviations[1] is 0"],
    [{ deviations: [[1, -1], 1] }, "deviations[0] is -1"],
    [{ deviations: [[1, Infinity], 1] }, "deviations[0] is Infinity"],
    [{ deviations: [1, NaN] }, "deviations[1] is NaN"],
    [{ angles: [0, Infinity] }, "angles[1] is Infinity"],
    [{ weights: [0, 1] }, "weights[0] is 0"],
    [{ weights: [0.5, 0.4] }, "The weights add up to 0.9; probabilities add up to 1"],
  ])("%j", (bad, message) => {
    expect(() => planeMixture({ ...good, ...bad })).toThrow(message);
  });

  test("points and times", () => {
    const any: PlaneMixture = planeMixture(good);
    expect(() => any.density([0, NaN])).toThrow("x[1] is NaN");
    expect(() => any.score([NaN, 0], 1, schedule)).toThrow("z[0] is NaN");
    expect(() => any.posteriorMean([0, Infinity], 1, schedule)).toThrow("z[1] is Infinity");
    expect(() => any.reverse([0, NaN], 1, schedule)).toThrow("z[1] is NaN");
    expect(() => any.marginal(101, schedule)).toThrow("t is 101; use a whole number from 0 to 100");
    for (const method of ["score", "posteriorMean", "reverse"] as const) {
      expect(() => any[method]([0, 0], 0, schedule)).toThrow("t is 0; use a whole number from 1 to 100");
    }
    expect(() => any.sample(-1)).toThrow("count is -1");
  });
});
