import { nearestNeighbours, tf, type Neighbour } from "diffusion";
import type { Points } from "../../../src/metrics/points";
import { cloud, interruptedAt } from "./features";

/** What stands in for the hardware's rounding of the factors of a matrix product. */
let mockRounding: (value: number) => number = (value) => value;

jest.mock("../../../src/metrics/products", () => {
  const actual = jest.requireActual<typeof import("../../../src/metrics/products")>(
    "../../../src/metrics/products",
  );
  const rounded = (points: Points): Points => ({ ...points, centred: points.centred.map(mockRounding) });
  return {
    centredProducts: (a: Points, b: Points) => actual.centredProducts(rounded(a), rounded(b)),
  };
});

afterEach(() => {
  mockRounding = (value) => value;
});

/** To 11 bits, as TF32 has them. */
function tf32(value: number): number {
  if (value === 0) return 0;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
  return Math.round(value / unit) * unit;
}

/** All distances by two loops in double precision, sorted, the first of equals first. */
function byLoops(samples: tf.Tensor, data: tf.Tensor, count: number): Neighbour[][] {
  const rows = (tensor: tf.Tensor): number[][] =>
    tensor.reshape<tf.Tensor2D>([tensor.shape[0], tensor.size / tensor.shape[0]]).arraySync();
  const all = rows(data);
  return rows(samples).map((x) =>
    all
      .map((y, index) => ({ index, distance: distance(x, y) }))
      .sort((a, b) => a.distance - b.distance || a.index - b.index)
      .slice(0, count),
  );
}

// Jest looks a global up slowly.
const { sqrt } = Math;
function distance(x: readonly number[], y: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += (x[k] - y[k]) ** 2;
  return sqrt(sum);
}

/** Near copies of a few points, far from the origin: what tells them apart is lost in a product of float32. */
const crowd = (count: number, dimension: number, seed: number): tf.Tensor2D =>
  tf.tidy(() => {
    const centres = tf
      .tile(cloud(5, dimension, 99), [Math.ceil(count / 5), 1])
      .slice([0, 0], [count, dimension]);
    return cloud(count, dimension, seed).mul(1e-4).add(centres.mul(10)).add(100);
  });

const cases: [string, tf.Tensor, tf.Tensor][] = [
  ["a few coordinates", cloud(20, 2, 1), cloud(300, 2, 2)],
  ["one number each", cloud(5, 1, 1).flatten(), cloud(30, 1, 2).flatten()],
  ["images", cloud(15, 784, 1).reshape([15, 28, 28, 1]), cloud(200, 784, 2, 0.2).reshape([200, 28, 28, 1])],
  ["near copies, far from the origin", crowd(20, 50, 1), crowd(200, 50, 2)],
  ["large numbers", cloud(10, 20, 1).mul(1e15), cloud(50, 20, 2).mul(1e15)],
];

describe.each([
  ["float32", (value: number) => value],
  ["factors rounded to TF32", tf32],
])("as by two loops in double precision, with products of %s", (_, rounding) => {
  test.each(cases)("%s", async (_name, samples, data) => {
    mockRounding = rounding;
    for (const count of [1, 4, data.shape[0]]) {
      expect(await nearestNeighbours(samples, data, { count })).toEqual(byLoops(samples, data, count));
    }
  });
});

test("in several blocks, as by two loops", async () => {
  const [samples, data] = [cloud(450, 10, 1), cloud(6000, 10, 2)];
  expect(await nearestNeighbours(samples, data, { count: 2 })).toEqual(byLoops(samples, data, 2));
});

test("exact copies are found at the distance 0, and what is not quite one is not", async () => {
  const data = tf.tidy(() => cloud(500, 784, 1).mul(0.1).add<tf.Tensor2D>(1000));
  const chosen = [400, 3, 499];
  const copies = await nearestNeighbours(tf.gather(data, chosen), data);
  expect(copies).toEqual(chosen.map((index) => [{ index, distance: 0 }]));
  // The last bit of one pixel, 2⁻¹⁴ at 1000.
  const [row] = tf.gather(data, [3]).arraySync();
  const pixel = row.findIndex((value) => value > 512 && value < 1000);
  row[pixel] += 2 ** -14;
  expect(await nearestNeighbours(tf.tensor2d([row]), data)).toEqual([[{ index: 3, distance: 2 ** -14 }]]);
});

test("of equals the first come first", async () => {
  const data = tf.tensor2d([[3], [1], [-1], [1], [5]]);
  const [found] = await nearestNeighbours(tf.zeros([1, 1]), data, { count: 4 });
  expect(found.map(({ index }) => index)).toEqual([1, 2, 3, 0]);
});

test("among 9,000 images of 784 pixels, 1,000 that differ a little from some are found beside these", async () => {
  const data = cloud(9000, 784, 2);
  const chosen = Array.from({ length: 1000 }, (_, i) => (i * 9 + 4) % 9000);
  const samples = tf.tidy(() => tf.gather(data, chosen).add<tf.Tensor2D>(cloud(1000, 784, 1).mul(0.1)));
  const found = await nearestNeighbours(samples, data, { count: 5 });
  expect(found.map(([{ index }]) => index)).toEqual(chosen);
  expect(new Set(found.map(({ length }) => length))).toEqual(new Set([5]));
});

test("keeps no tensor, and an interrupt of the cell ends it between two blocks", async () => {
  const [a, b] = [cloud(3000, 9, 1), cloud(3000, 9, 2)];
  const before = tf.memory().numTensors;
  expect(await interruptedAt(3, () => nearestNeighbours(a, b))).toBe(3);
  expect(tf.memory().numTensors).toBe(before);
});

test("refuses other shapes, types and counts, and what is not finite", async () => {
  const a = cloud(5, 4, 1);
  const use = "use a whole number from 1 to 5";
  await expect(nearestNeighbours(a, a, { count: 0 })).rejects.toThrow(`count is 0; ${use}`);
  await expect(nearestNeighbours(a, a, { count: 6 })).rejects.toThrow(`count is 6; ${use}`);
  await expect(nearestNeighbours(a, a.reshape([5, 2, 2]))).rejects.toThrow(
    "data has the shape [5, 2, 2]; use [any, 4]",
  );
  await expect(nearestNeighbours(a, cloud(5, 3, 1))).rejects.toThrow(
    "data has the shape [5, 3]; use [any, 4]",
  );
  await expect(nearestNeighbours(tf.ones([0, 4]), a)).rejects.toThrow("samples.shape[0] is 0");
  await expect(nearestNeighbours(a, tf.ones([0, 4]))).rejects.toThrow("data.shape[0] is 0");
  await expect(nearestNeighbours(tf.scalar(1), tf.scalar(1))).rejects.toThrow("samples.rank is 0");
  await expect(nearestNeighbours(tf.fill([1, 4], NaN), a)).rejects.toThrow("samples[0] is NaN");
  await expect(nearestNeighbours(a, a.cast("int32"))).rejects.toThrow("data is a tensor of int32");
});
