import { frechetDistance, tf } from "diffusion";
import { gaussianOf } from "../../../src/metrics/gaussian";
import { readPoints } from "../../../src/metrics/points";
import { axes, cloud, interruptedAt, meanAndError } from "./features";
import reference from "./features-reference.json";

/** An orthogonal matrix. */
const rotation = (dimension: number): tf.Tensor2D =>
  tf.tidy(() => tf.linalg.gramSchmidt(cloud(dimension, dimension, 77)) as tf.Tensor2D);

test.each(reference)("as scipy (features-reference.py): $name", async (row) => {
  const found = await frechetDistance(tf.tensor2d(row.a), tf.tensor2d(row.b));
  // scipy's root of a singular matrix has errors of 1e-8.
  expect(Math.abs(found / row.frechet - 1)).toBeLessThan(1e-7);
});

describe("closed forms, with points whose mean and covariance are known", () => {
  const means = [
    [1, -2, 0.5, 3],
    [0, 2, 0.25, -1],
  ];
  const deviations = [
    [1, 2, 0.1, 0],
    [3, 0.5, 0.1, 2],
  ];
  const expected = [0, 1, 2, 3].reduce(
    (sum, k) => sum + (means[0][k] - means[1][k]) ** 2 + (deviations[0][k] - deviations[1][k]) ** 2,
    0,
  );

  test("independent features: the sum of (μ₁ - μ₂)² + (σ₁ - σ₂)²", async () => {
    const [a, b] = [0, 1].map((i) => tf.tensor2d(axes(means[i], deviations[i])));
    expect((await frechetDistance(a, b)) / expected).toBeCloseTo(1, 6);
  });

  test("a rotation of both changes nothing", async () => {
    const [a, b] = [0, 1].map((i) => tf.tensor2d(axes(means[i], deviations[i])).matMul(rotation(4)));
    expect((await frechetDistance(a as tf.Tensor2D, b as tf.Tensor2D)) / expected).toBeCloseTo(1, 5);
  });

  test("covariances that do not commute: Tr M^½ = √(Tr M + 2 √det M) for 2 × 2 matrices", async () => {
    const turn = (angle: number): tf.Tensor2D =>
      tf.tensor2d([
        [Math.cos(angle), Math.sin(angle)],
        [-Math.sin(angle), Math.cos(angle)],
      ]);
    const a = tf.tensor2d(axes([0, 0], [3, 1]));
    const b = tf.matMul<tf.Tensor2D>(tf.tensor2d(axes([0, 0], [2, 0.5])), turn(0.7));
    // Tr Σ₁ Σ₂ with Σ₂ = R diag(4, 0.25) Rᵀ.
    const [c, s] = [Math.cos(0.7) ** 2, Math.sin(0.7) ** 2];
    const trace = 9 * (4 * c + 0.25 * s) + (4 * s + 0.25 * c);
    const root = Math.sqrt(trace + 2 * Math.sqrt(9 * 4 * 0.25));
    expect((await frechetDistance(a, b)) / (10 + 4.25 - 2 * root)).toBeCloseTo(1, 6);
  });

  test("the unit is that of the features squared, and an offset of both does not count", async () => {
    const [a, b] = [cloud(60, 10, 1), cloud(50, 10, 2, 0.5).mul<tf.Tensor2D>(2)];
    const found = await frechetDistance(a, b);
    expect((await frechetDistance(a.mul(3), b.mul(3))) / found).toBeCloseTo(9, 4);
    expect((await frechetDistance(a.add(1000), b.add(1000))) / found).toBeCloseTo(1, 3);
  });
});

test("the covariance is over n - 1, in several blocks of points too", async () => {
  const dimension = 150;
  const points = cloud(203, dimension, 3);
  const [{ centre }, rows] = [(await readPoints(points, points))[0], points.arraySync()];
  const { mean, covariance } = await gaussianOf((await readPoints(points, points))[0]);
  for (const [j, k] of [
    [0, 0],
    [7, 120],
    [149, 3],
    [149, 149],
  ]) {
    expect(mean[j]).toBeCloseTo(centre[j], 12);
    const sum = rows.reduce((total, x) => total + (x[j] - centre[j]) * (x[k] - centre[k]), 0);
    expect(covariance[j * dimension + k]).toBeCloseTo(sum / 202, 12);
    expect(covariance[k * dimension + j]).toBe(covariance[j * dimension + k]);
  }
});

describe("equal sets, and singular covariances", () => {
  test.each([
    ["many points", cloud(300, 64, 1)],
    ["fewer points than features", cloud(20, 64, 1).mul<tf.Tensor2D>(10)],
    ["two points", cloud(2, 64, 1)],
    ["equal points", tf.tile(cloud(1, 64, 1), [30, 1])],
    ["nothing but zeros", tf.zeros<tf.Rank.R2>([5, 8])],
    ["tiny numbers", cloud(20, 8, 1).mul<tf.Tensor2D>(1e-30)],
  ])("0 to 1e-9 for the same set twice: %s", async (_, a) => {
    const found = await frechetDistance(a, a);
    expect(found).toBeGreaterThanOrEqual(0);
    expect(found).toBeLessThan(1e-9);
    expect(await frechetDistance(tf.reverse2d(a, 0), a)).toBeLessThan(1e-9);
  });

  test("features that are constant add the distance of their means only", async () => {
    const [a, b] = [cloud(30, 5, 1), cloud(40, 5, 2, 1)];
    const wider = (x: tf.Tensor2D, constant: number): tf.Tensor2D =>
      tf.concat2d([tf.fill([x.shape[0], 3], constant), x], 1);
    const found = await frechetDistance(wider(a, 1), wider(b, 1.5));
    expect(found).toBeCloseTo((await frechetDistance(a, b)) + 3 * 0.25, 9);
  });

  test("sets in spaces at right angles: Tr Σ₁ + Tr Σ₂", async () => {
    const a = tf.tensor2d(axes([0, 0, 0, 0], [1, 2, 0, 0]));
    const b = tf.tensor2d(axes([0, 0, 0, 0], [0, 0, 3, 1]));
    expect(await frechetDistance(a, b)).toBeCloseTo(1 + 4 + 9 + 1, 5);
  });
});

test("symmetric, and positive for sets of the same source: a bias that halves with twice the points", async () => {
  const bias = async (count: number): Promise<number> => {
    const draws = [1, 2, 3, 4, 5].map((seed) =>
      frechetDistance(cloud(count, 8, 2 * seed), cloud(count, 8, 2 * seed + 1)),
    );
    return meanAndError(await Promise.all(draws)).mean;
  };
  const [a, b] = [cloud(40, 6, 1), cloud(30, 6, 2, 1)];
  expect(await frechetDistance(a, b)).toBeCloseTo(await frechetDistance(b, a), 10);
  const ratio = (await bias(500)) / (await bias(1000));
  expect(ratio).toBeGreaterThan(1.6);
  expect(ratio).toBeLessThan(2.5);
});

test("10,000 points of 256 features: the shift adds its square", async () => {
  const [a, b] = [cloud(10_000, 256, 1), cloud(10_000, 256, 2, 0.1)];
  // The shift adds 256 · 0.01 to the bias, some d² / 2n = 3.3 for each sample, half of which is Σ's.
  expect(await frechetDistance(a, b)).toBeGreaterThan(2.56);
});

test("keeps no tensor, and an interrupt of the cell ends it between two blocks", async () => {
  const [a, b] = [cloud(100, 256, 1), cloud(100, 256, 2)];
  const before = tf.memory().numTensors;
  await frechetDistance(a, b);
  expect(await interruptedAt(3, () => frechetDistance(a, b))).toBe(3);
  expect(tf.memory().numTensors).toBe(before);
});

test("refuses other shapes, too few points and what is not finite", async () => {
  const a = cloud(5, 3, 1);
  await expect(frechetDistance(a, cloud(5, 4, 1))).rejects.toThrow("b has the shape [5, 4]; use [any, 3]");
  await expect(frechetDistance(cloud(1, 3, 1), a)).rejects.toThrow(
    "a.shape[0] is 1; use a whole number of 2",
  );
  await expect(frechetDistance(a, cloud(1, 3, 1))).rejects.toThrow(
    "b.shape[0] is 1; use a whole number of 2",
  );
  await expect(frechetDistance(a, tf.fill([5, 3], NaN))).rejects.toThrow("b[0] is NaN");
  await expect(frechetDistance(a.cast("int32"), a)).rejects.toThrow("a is a tensor of int32");
});
