import { energyDistance, maximumMeanDiscrepancy, randomNormal, randomUniform, tf } from "diffusion";
import { medianDistance } from "../../../src/metrics/median-distance";
import { readPoints } from "../../../src/metrics/points";
import { squaredDistances } from "../../../src/metrics/squared-distances";
import * as normal from "./normal";
import reference from "./reference.json";

type Rows = readonly (readonly number[])[];
const rows = (points: tf.Tensor2D): number[][] => points.arraySync();
const column = (values: readonly number[] | Float64Array): tf.Tensor2D =>
  tf.tensor2d(Float32Array.from(values), [values.length, 1]);
const cloud = (count: number, dimension: number, seed: number, mean = 0): tf.Tensor2D =>
  tf.tidy(() => randomNormal<tf.Rank.R2>([count, dimension], seed).add(mean));

// Jest looks a global up slowly.
const { sqrt } = Math;
const distance = (x: readonly number[], y: readonly number[]): number =>
  sqrt(x.reduce((sum, value, k) => sum + (value - y[k]) ** 2, 0));

/** The mean of k(x, y) over all pairs, without those of a point and itself, by two loops. */
function meanOver(a: Rows, b: Rows, k: (distance: number) => number): number {
  let [sum, count] = [0, 0];
  for (const [i, x] of a.entries()) {
    for (const [j, y] of b.entries()) {
      if (a === b && i === j) continue;
      sum += k(distance(x, y));
      count++;
    }
  }
  return sum / count;
}
const energyByLoops = (a: Rows, b: Rows): number =>
  2 * meanOver(a, b, (r) => r) - meanOver(a, a, (r) => r) - meanOver(b, b, (r) => r);
const gauss =
  (h: number) =>
  (r: number): number =>
    Math.exp((-r * r) / (2 * h * h));
const discrepancyByLoops = (a: Rows, b: Rows, h: number): number =>
  meanOver(a, a, gauss(h)) + meanOver(b, b, gauss(h)) - 2 * meanOver(a, b, gauss(h));

const distances = [
  ["energyDistance", energyDistance],
  ["maximumMeanDiscrepancy", maximumMeanDiscrepancy],
] as const;

describe.each([
  ["a few coordinates", 1, 40, 25],
  ["the differences' last dimension", 8, 30, 30],
  ["matrix products", 9, 30, 20],
  ["images", 300, 20, 30],
])("as by two loops in double precision: %s", (_, dimension, n, m) => {
  const [a, b] = [cloud(n, dimension, 1), cloud(m, dimension, 2, 0.5)];
  const size = Math.sqrt(dimension);

  test("energyDistance", async () => {
    const expected = energyByLoops(rows(a), rows(b));
    expect(Math.abs((await energyDistance(a, b)) - expected) / size).toBeLessThan(1e-6);
  });

  test("maximumMeanDiscrepancy", async () => {
    const expected = discrepancyByLoops(rows(a), rows(b), size);
    const found = await maximumMeanDiscrepancy(a, b, { bandwidth: size });
    expect(Math.abs(found - expected)).toBeLessThan(1e-6);
  });
});

test.each([2, 10])("the same in several blocks of distances: %d coordinates", async (dimension) => {
  const [a, b] = [cloud(1460, dimension, 1), cloud(1450, dimension, 2, 0.2)];
  const expected = energyByLoops(rows(a), rows(b));
  expect(Math.abs((await energyDistance(a, b)) - expected)).toBeLessThan(1e-6);
});

test.each(reference)("energyDistance as scipy (reference.py): $name", async (row) => {
  expect(await energyDistance(column(row.a), column(row.b))).toBeCloseTo(row.energy, 4);
});

describe("closed forms for normals on the line", () => {
  const n = 1000;
  const points = normal.quantiles(n);
  /** N(0, 1) and N(mean, deviation²). */
  const cases = [
    { mean: 0, deviation: 1 },
    { mean: 0.7, deviation: 1 },
    { mean: -2, deviation: 0.5 },
  ];
  const moved = ({ mean, deviation }: { mean: number; deviation: number }): tf.Tensor2D =>
    column(points.map((value) => mean + deviation * value));

  // These points have no chance in them, and so want pairs (i, i): as one of n, they take 1 / n from the means.
  const own = (allPairs: number, ofPairWithItself: number): number =>
    (n * allPairs - ofPairWithItself) / (n - 1);

  /** The points stand for the distribution to 1 / n², the pairs (i, i) count 1 / n. */
  const expectNear = (found: number, expected: number): void => {
    expect(Math.abs(found - expected)).toBeLessThan(2e-4);
  };

  test.each(cases)("energyDistance: $mean, $deviation", async ({ mean, deviation }) => {
    const between = normal.meanAbsolute(mean, Math.hypot(1, deviation));
    const within = [1, deviation].map((s) => own(normal.meanAbsolute(0, s * Math.SQRT2), 0));
    const found = await energyDistance(column(points), moved({ mean, deviation }));
    expectNear(found, 2 * between - within[0] - within[1]);
  });

  test.each(cases)("maximumMeanDiscrepancy: $mean, $deviation", async ({ mean, deviation }) => {
    const h = 0.8;
    /** E k for a difference N(d, variance). */
    const expected = (d: number, variance: number): number =>
      (h / Math.sqrt(h * h + variance)) * Math.exp((-d * d) / (2 * (h * h + variance)));
    const within = [1, deviation].map((s) => own(expected(0, 2 * s * s), 1));
    const between = expected(mean, 1 + deviation ** 2);
    const found = await maximumMeanDiscrepancy(column(points), moved({ mean, deviation }), { bandwidth: h });
    expectNear(found, within[0] + within[1] - 2 * between);
  });
});

describe.each(distances)("%s", (_, between) => {
  test("symmetric, and the same in another order", async () => {
    const [a, b] = [cloud(30, 3, 1), cloud(40, 3, 2, 1)];
    const found = await between(a, b);
    expect(await between(b, a)).toBeCloseTo(found, 10);
    expect(await between(tf.reverse2d(a, 0), b)).toBeCloseTo(found, 10);
  });

  test("about 0 on the average over samples of one distribution, above and below", async () => {
    const draws = 150;
    const found: number[] = [];
    for (let i = 0; i < draws; i++) found.push(await between(cloud(12, 2, 2 * i), cloud(15, 2, 2 * i + 1)));
    const mean = found.reduce((sum, value) => sum + value, 0) / draws;
    const variance = found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1);
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / draws));
    expect(Math.min(...found)).toBeLessThan(0);
    expect(Math.max(...found)).toBeGreaterThan(0);
  });

  test("grows with the shift", async () => {
    const a = cloud(300, 2, 1);
    const shifted = [0.5, 1, 2].map((mean) => cloud(300, 2, 2, mean));
    const found = await Promise.all(shifted.map((b) => between(a, b)));
    expect(found[0]).toBeGreaterThan(0.02);
    expect(found[1]).toBeGreaterThan(2 * found[0]);
    expect(found[2]).toBeGreaterThan(found[1]);
  });

  test("moving both far away changes nothing but float32's rounding", async () => {
    const [a, b] = [cloud(50, 12, 1), cloud(50, 12, 2, 1)];
    expect(await between(a.add(1000), b.add(1000))).toBeCloseTo(await between(a, b), 3);
  });

  test("keeps no tensor", async () => {
    const [a, b] = [cloud(20, 12, 1), cloud(20, 12, 2)];
    const before = tf.memory().numTensors;
    await between(a, b);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("an interrupt of the cell ends it between two blocks", async () => {
    const key = Symbol.for("Jupyter.host");
    const host = globalThis as Record<symbol, unknown>;
    const [a, b] = [cloud(3000, 9, 1), cloud(3000, 9, 2)];
    let asked = 0;
    host[key] = { interrupted: () => ++asked > 2 };
    const before = tf.memory().numTensors;
    try {
      await expect(between(a, b)).rejects.toThrow("interrupted");
    } finally {
      Reflect.deleteProperty(host, key);
    }
    expect(asked).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("refuses shapes that do not fit, single points, NaN and whole numbers", async () => {
    const a = cloud(5, 2, 1);
    const fails = (x: tf.Tensor, y: tf.Tensor): jest.JestMatchers<Promise<number>>["rejects"] =>
      expect(between(x as tf.Tensor2D, y as tf.Tensor2D)).rejects;
    await fails(a, cloud(5, 3, 1)).toThrow("b has the shape [5, 3]; use [any, 2]");
    await fails(tf.ones([4]), a).toThrow("a has the shape [4]; use [any, any]");
    await fails(tf.zeros([0, 2]), a).toThrow("a.shape[0] is 0; use a whole number of 2 or more");
    await fails(a, tf.zeros([1, 2])).toThrow("b.shape[0] is 1; use a whole number of 2 or more");
    await fails(tf.zeros([2, 0]), tf.zeros([2, 0])).toThrow("a.shape[1] is 0");
    await fails(a, tf.fill([3, 2], NaN)).toThrow("b[0] is NaN; all 6 must be finite");
    await fails(tf.ones([2, 2], "int32"), a).toThrow("a is a tensor of int32; use float32");
  });
});

test("a ring and a cloud of the same mean and variances are told apart", async () => {
  const a = cloud(300, 2, 1);
  const angles = randomUniform<tf.Rank.R1>([300], 3).mul<tf.Tensor1D>(2 * Math.PI);
  const ring = tf.stack([angles.cos(), angles.sin()], 1).mul<tf.Tensor2D>(Math.SQRT2);
  expect(await energyDistance(a, ring)).toBeGreaterThan(0.02);
  expect(await maximumMeanDiscrepancy(a, ring, { bandwidth: 0.3 })).toBeGreaterThan(0.02);
});

test("a sample and itself: the pairs (x, x) are what is missing", async () => {
  const a = cloud(50, 2, 1);
  const points = rows(a);
  const mean = meanOver(points, points, (r) => r);
  // E|X - Y| runs over n² pairs, of which n are 0.
  expect(await energyDistance(a, a)).toBeCloseTo((-2 * mean) / 50, 6);
});

test("near points of far clusters keep their distances in matrix products", async () => {
  const clusters = tf.tidy(() => {
    const centres = tf.tile(tf.tensor2d([[300], [-500], [900]]), [20, 16]);
    return randomNormal<tf.Rank.R2>([60, 16], 1).mul(0.01).add<tf.Tensor2D>(centres);
  });
  const [a, b] = await readPoints(clusters, cloud(40, 16, 2, 300));
  for (const [x, y] of [
    [a, a],
    [a, b],
    [b, b],
  ]) {
    const found = await squaredDistances(x, y);
    const of = ({ values }: typeof x, i: number): number[] => [...values.subarray(16 * i, 16 * i + 16)];
    const wrong = Array.from(found, (squared, at) => {
      const [i, j] = [Math.floor(at / y.count), at % y.count];
      const expected = distance(of(x, i), of(y, j)) ** 2;
      return expected === 0 ? squared : Math.abs(squared / expected - 1);
    });
    expect(Math.max(...wrong)).toBeLessThan(1e-3);
  }
});

describe("the bandwidth", () => {
  const median = (points: Rows): number => {
    const all = points.flatMap((x, i) => points.slice(0, i).map((y) => distance(x, y)));
    return all.sort((x, y) => x - y)[Math.floor(all.length / 2)];
  };

  test("is the median distance of all points if none is given", async () => {
    const [a, b] = [cloud(30, 3, 1), cloud(20, 3, 2, 2)];
    const bandwidth = median([...rows(a), ...rows(b)]);
    const found = await maximumMeanDiscrepancy(a, b);
    expect(found).toBeCloseTo(await maximumMeanDiscrepancy(a, b, { bandwidth }), 12);
    expect(found).not.toBeCloseTo(await maximumMeanDiscrepancy(a, b, { bandwidth: 1.1 * bandwidth }), 3);
  });

  test("of many points comes from some of them, wherever they stand in the list", async () => {
    // Groups take turns: every third point, or every sixth, would be of one group.
    const groups = tf.tile(tf.tensor2d([[0], [5], [10], [0], [5], [10]]), [250, 2]);
    const [a, b] = await readPoints(cloud(1500, 2, 1).add(groups), cloud(1500, 2, 2).add(groups));
    const some = [...Array(300).keys()].map((i) => [a.values[2 * i], a.values[2 * i + 1]]);
    expect(medianDistance(a, b) / median(some)).toBeCloseTo(1, 1);
    expect(medianDistance(a, b)).toBe(medianDistance(a, b));
  });

  test("scales with the data, so that units do not matter", async () => {
    const [a, b] = [cloud(30, 2, 1), cloud(30, 2, 2, 1)];
    const scaled = await maximumMeanDiscrepancy(a.mul(50), b.mul(50));
    expect(scaled).toBeCloseTo(await maximumMeanDiscrepancy(a, b), 5);
  });

  test("must be above 0, and be given if most points are equal", async () => {
    const a = tf.ones<tf.Rank.R2>([4, 2]);
    const refused = (bandwidth: number): Promise<number> => maximumMeanDiscrepancy(a, a, { bandwidth });
    await expect(refused(0)).rejects.toThrow("bandwidth is 0; use a number above 0");
    await expect(refused(-1)).rejects.toThrow("bandwidth is -1; use a number above 0");
    await expect(refused(NaN)).rejects.toThrow("bandwidth is NaN; use a finite number");
    await expect(maximumMeanDiscrepancy(a, a)).rejects.toThrow("Most points are equal");
    expect(await refused(1)).toBe(0);
  });
});

test("the discrepancy is 2 between two points without anything in common", async () => {
  const [a, b] = [tf.zeros<tf.Rank.R2>([3, 2]), tf.fill<tf.Rank.R2>([4, 2], 50)];
  expect(await maximumMeanDiscrepancy(a, b, { bandwidth: 1 })).toBe(2);
});
