import { foldIn, kernelDistance, randomNormal, tf, type KernelDistance } from "diffusion";
import { drawnIndices } from "../../../src/metrics/drawn";
import { cloud, interruptedAt, meanAndError } from "./features";
import reference from "./features-reference.json";
import * as normal from "./normal";

describe.each(reference)("as numpy (features-reference.py): $name", ({ a, b, kernel }) => {
  test.each(kernel)("degree $degree", async ({ degree, distance, standardError }) => {
    const found = await kernelDistance(tf.tensor2d(a), tf.tensor2d(b), { degree });
    expect(Math.abs(found.distance - distance) / standardError).toBeLessThan(1e-5);
    expect(Math.abs(found.standardError / standardError - 1)).toBeLessThan(1e-5);
  });
});

const column = (values: ArrayLike<number>): tf.Tensor2D =>
  tf.tensor2d(Float32Array.from(values), [values.length, 1]);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("closed forms", () => {
  test("one feature: Σ (3 over p) (E xᵖ - E yᵖ)², by sums of powers", async () => {
    const [a, b] = [
      [0.5, -1, 2, 1.25],
      [1, 0, -0.75, 3, 2, -2],
    ];
    /** Σ xᵖ yᵖ over i ≠ j is (Σ xᵖ)² - Σ x²ᵖ. */
    const own = (x: readonly number[], p: number): number =>
      (sum(x.map((value) => value ** p)) ** 2 - sum(x.map((value) => value ** (2 * p)))) /
      (x.length * (x.length - 1));
    const between = (p: number): number => (sum(a.map((x) => x ** p)) * sum(b.map((y) => y ** p))) / 24;
    const expected = sum(
      [1, 3, 3, 1].map((binomial, p) => binomial * (own(a, p) + own(b, p) - 2 * between(p))),
    );
    const { distance } = await kernelDistance(column(a), column(b));
    expect(distance / expected).toBeCloseTo(1, 6);
  });

  test("degree 1 is the distance of the means, less its bias: (|x̄ - ȳ|² - Tr Σ₁/n - Tr Σ₂/m) / d", async () => {
    const [a, b] = [cloud(40, 12, 1), cloud(30, 12, 2, 0.5).mul<tf.Tensor2D>(3)];
    const moments = (x: tf.Tensor2D): { mean: number[]; bias: number } => {
      const { mean, variance } = tf.moments(x, 0);
      return { mean: [...mean.dataSync()], bias: variance.sum().dataSync()[0] / (x.shape[0] - 1) };
    };
    const [ofA, ofB] = [moments(a), moments(b)];
    const means = sum(ofA.mean.map((value, k) => (value - ofB.mean[k]) ** 2));
    const { distance } = await kernelDistance(a, b, { degree: 1 });
    expect(distance / ((means - ofA.bias - ofB.bias) / 12)).toBeCloseTo(1, 4);
  });

  test("N(0, 1) and N(m, s²) on the line, degree 3, by their moments", async () => {
    const [m, s] = [0.5, 1.5];
    const moments = [1, m, m ** 2 + s ** 2, m ** 3 + 3 * m * s ** 2];
    const expected = sum([1, 3, 3, 1].map((binomial, p) => binomial * (moments[p] - [1, 0, 1, 0][p]) ** 2));
    const points = normal.quantiles(4000);
    const found = await kernelDistance(column(points), column(points.map((x) => m + s * x)));
    // The points stand for the distribution, but for their tails, and pairs (i, i) count 1 / n.
    expect(Math.abs(found.distance / expected - 1)).toBeLessThan(0.02);
  });
});

/** Two random disjoint parts of the same 400 features, which are neither independent nor symmetric. */
async function realAgainstReal(repeat: number, sizes: readonly [number, number]): Promise<KernelDistance> {
  const order = drawnIndices(400, sizes[0] + sizes[1], foldIn(5, repeat));
  const rows = (from: number, to: number): tf.Tensor2D => tf.gather(real, order.subarray(from, to));
  return kernelDistance(rows(0, sizes[0]), rows(sizes[0], sizes[0] + sizes[1]));
}
const real = tf.tidy(() =>
  cloud(400, 4, 8)
    .matMul(cloud(4, 16, 9))
    .relu<tf.Tensor2D>(),
);

/** E k(x, x) - E k(x, x'). */
const ownKernel = tf.tidy(() => {
  const k = real.matMul(real, false, true).div(16).add(1).pow(3);
  return tf.mean(real.square().sum(1).div(16).add(1).pow(3)).sub(k.mean()).dataSync()[0];
});

test.each([
  [50, 50],
  [20, 100],
])("real against real is 0 on the average, and below it at times: %d against %d", async (n, m) => {
  const found: number[] = [];
  for (let repeat = 0; repeat < 400; repeat++) found.push((await realAgainstReal(repeat, [n, m])).distance);
  const { mean, error } = meanAndError(found);
  expect(Math.abs(mean)).toBeLessThan(4 * error);
  // With the pairs (i, i) of the smaller sample it would be larger by (k(x, x) - k(x, x')) / n.
  expect(4 * error).toBeLessThan(ownKernel / Math.min(n, m) / 1.5);
  expect(Math.min(...found)).toBeLessThan(0);
});

test.each([
  ["far apart: what it says", 1, 0.85, 1.15],
  ["equal: too large, by about √2", 0, 1.05, 1.6],
])("the standard error, of distributions %s", async (_, shift, least, most) => {
  const found: KernelDistance[] = [];
  for (let i = 0; i < 300; i++) {
    const b = randomNormal<tf.Rank.R2>([90, 12], 2 * i + 1).add<tf.Tensor2D>(shift);
    found.push(await kernelDistance(cloud(60, 12, 2 * i), b));
  }
  const { deviation } = meanAndError(found.map(({ distance }) => distance));
  const said = Math.sqrt(meanAndError(found.map(({ standardError }) => standardError ** 2)).mean);
  expect(said / deviation).toBeGreaterThan(least);
  expect(said / deviation).toBeLessThan(most);
});

test("symmetric, the same in another order, and the same in several blocks of pairs", async () => {
  const [a, b] = [cloud(1500, 12, 1), cloud(1450, 12, 2, 0.1)];
  const found = await kernelDistance(a, b);
  for (const other of [await kernelDistance(b, a), await kernelDistance(tf.reverse2d(a, 0), b)]) {
    expect(other.distance).toBeCloseTo(found.distance, 7);
    expect(other.standardError).toBeCloseTo(found.standardError, 7);
  }
  const products = (x: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor =>
    tf.matMul(x, y, false, true).div(12).add(1).pow(3);
  const own = (x: tf.Tensor2D): number => {
    const pairs = products(x, x);
    const diagonal = tf.sum(x.square(), 1).div(12).add(1).pow(3);
    return pairs.sum().sub(diagonal.sum()).dataSync()[0] / (x.shape[0] * (x.shape[0] - 1));
  };
  const between = products(a, b).mean().dataSync()[0];
  expect(found.distance).toBeCloseTo(own(a) + own(b) - 2 * between, 4);
});

test("features far from the origin lose few digits", async () => {
  const scaled = (x: tf.Tensor2D): tf.Tensor2D => x.mul(0.01).add(3);
  const [a, b] = [scaled(cloud(80, 20, 1)), scaled(cloud(60, 20, 2, 1))];
  const { distance } = await kernelDistance(a, b);
  const [x, y] = [a.arraySync(), b.arraySync()];
  const k = (p: readonly number[], q: readonly number[]): number =>
    (sum(p.map((value, i) => value * q[i])) / 20 + 1) ** 3;
  const own = (rows: readonly number[][]): number =>
    sum(rows.flatMap((p, i) => rows.filter((_, j) => j !== i).map((q) => k(p, q)))) /
    (rows.length * (rows.length - 1));
  const expected = own(x) + own(y) - (2 * sum(x.flatMap((p) => y.map((q) => k(p, q))))) / 4800;
  expect(Math.abs(distance / expected - 1)).toBeLessThan(1e-6);
});

test("keeps no tensor, and an interrupt of the cell ends it between two blocks", async () => {
  const [a, b] = [cloud(3000, 9, 1), cloud(3000, 9, 2)];
  const before = tf.memory().numTensors;
  expect(await interruptedAt(3, () => kernelDistance(a, b))).toBe(3);
  await kernelDistance(cloud(4, 9, 1), cloud(4, 9, 2)).then(() => undefined);
  expect(tf.memory().numTensors).toBe(before + 2);
});

test("refuses other shapes and degrees, too few points and what is not finite", async () => {
  const a = cloud(5, 3, 1);
  const refused = (degree: number): Promise<KernelDistance> => kernelDistance(a, a, { degree });
  await expect(refused(0)).rejects.toThrow("degree is 0; use a whole number from 1 to 10");
  await expect(refused(2.5)).rejects.toThrow("degree is 2.5; use a whole number from 1 to 10");
  await expect(kernelDistance(a, cloud(5, 4, 1))).rejects.toThrow("b has the shape [5, 4]; use [any, 3]");
  await expect(kernelDistance(cloud(2, 3, 1), a)).rejects.toThrow("a.shape[0] is 2; use a whole number of 3");
  await expect(kernelDistance(a, cloud(2, 3, 1))).rejects.toThrow("b.shape[0] is 2; use a whole number of 3");
  await expect(kernelDistance(tf.fill([5, 3], NaN), a)).rejects.toThrow("a[0] is NaN");
});
