import { checkerboard, moons, moonsNoise, setSeed, swissRoll, swissRollNoise, tf, withSeed } from "diffusion";

type Point = readonly [number, number];
const all = [swissRoll, moons, checkerboard].map((data) => [data.name, data] as const);
const pointsOf = (tensor: tf.Tensor2D): Point[] => tensor.arraySync() as [number, number][];
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]): number => {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
};

describe.each(all)("%s", (_, data) => {
  test("[count, 2] in float32: the same points for the same seed", () => {
    const points = data.sample(500, 3);
    expect([points.shape, points.dtype]).toEqual([[500, 2], "float32"]);
    expect(pointsOf(data.sample(500, 3))).toEqual(pointsOf(points));
    expect(pointsOf(data.sample(500, tf.tensor1d([3, 0], "int32")))).toEqual(pointsOf(points));
    expect(pointsOf(data.sample(500, 4))).not.toEqual(pointsOf(points));
  });

  test("without a seed, the next of the stream that setSeed restarts", () => {
    setSeed(5);
    const [first, second] = [pointsOf(data.sample(4)), pointsOf(data.sample(4))];
    expect(second).not.toEqual(first);
    expect(withSeed(5, () => pointsOf(data.sample(4)))).toEqual(first);
  });

  test.each([0, 1])("mean 0 and variance 1, nearly, along axis %d", (axis) => {
    const values = pointsOf(data.sample(10_000, 1)).map((point) => point[axis]);
    expect(Math.abs(mean(values))).toBeLessThan(5 / Math.sqrt(10_000));
    expect(Math.abs(variance(values) - 1)).toBeLessThan(0.1);
  });

  test("fills its extent, and hardly ever leaves it", () => {
    const sizes = pointsOf(data.sample(10_000, 2)).map(([x, y]) => Math.max(Math.abs(x), Math.abs(y)));
    expect(sizes.filter((size) => size > data.extent).length).toBeLessThanOrEqual(2);
    expect(sizes.filter((size) => size > 0.85 * data.extent).length).toBeGreaterThan(20);
  });

  test("one point is enough, none is refused", () => {
    expect(data.sample(1, 1).shape).toEqual([1, 2]);
    for (const count of [0, -3, 1.5, NaN, Infinity]) {
      expect(() => data.sample(count)).toThrow(`count is ${count}; use a whole number of 1 or more`);
    }
    expect(() => data.sample(1, 0.5)).toThrow("seed is 0.5; use a whole number");
  });

  test("only the points stay in memory", () => {
    const before = tf.memory().numTensors;
    data.sample(10, 1).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** Points of a curve close together, moved to mean 0 and divided by the deviation of each axis, or of both in common. */
function standardised(points: readonly Point[], common: boolean): Point[] {
  const axes = [0, 1].map((axis) => points.map((point) => point[axis]));
  const means = axes.map(mean);
  const variances = axes.map(variance);
  const deviations = variances.map((value) => Math.sqrt(common ? mean(variances) : value));
  return points.map(([x, y]) => [(x - means[0]) / deviations[0], (y - means[1]) / deviations[1]]);
}

/** `count` points at the middles of equal parts of a range. */
const along = (from: number, to: number, count: number, at: (angle: number) => Point): Point[] =>
  Array.from({ length: count }, (_, i) => at(from + ((i + 0.5) / count) * (to - from)));

const spiral = standardised(
  along(1.5 * Math.PI, 4.5 * Math.PI, 3000, (angle) => [angle * Math.cos(angle), angle * Math.sin(angle)]),
  true,
);
const halfCircles = standardised(
  [
    ...along(0, Math.PI, 1500, (angle) => [Math.cos(angle), Math.sin(angle)]),
    ...along(0, Math.PI, 1500, (angle) => [1 - Math.cos(angle), 0.5 - Math.sin(angle)]),
  ],
  false,
);

/** For each point the nearest of the curve: which, and how far away. */
function nearest(points: readonly Point[], curve: readonly Point[]): { index: number; distance: number }[] {
  return points.map(([x, y]) => {
    let [index, least] = [0, Infinity];
    curve.forEach(([curveX, curveY], i) => {
      const squared = (x - curveX) ** 2 + (y - curveY) ** 2;
      if (squared < least) [index, least] = [i, squared];
    });
    return { index, distance: Math.sqrt(least) };
  });
}

describe.each([
  ["swissRoll", swissRoll, spiral, swissRollNoise],
  ["moons", moons, halfCircles, moonsNoise],
])("%s follows its curve", (_, data, curve, noise) => {
  const found = nearest(pointsOf(data.sample(2000, 7)), curve);

  test("within the noise, which is as large as said", () => {
    const distances = found.map(({ distance }) => distance);
    expect(Math.max(...distances)).toBeLessThan(5 * noise);
    // Of the two directions of the noise, one leads away from the curve.
    const deviation = Math.sqrt(mean(distances.map((distance) => distance ** 2)));
    expect(deviation / noise).toBeGreaterThan(0.93);
    expect(deviation / noise).toBeLessThan(1.07);
  });

  test("evenly in the angle", () => {
    for (const part of [0, 1, 2, 3]) {
      const there = found.filter(({ index }) => Math.floor((4 * index) / curve.length) === part);
      expect(Math.abs(there.length / 2000 - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 2000));
    }
  });
});

describe("checkerboard", () => {
  const count = 40_000;
  const width = Math.sqrt(3) / 2;
  const inFields = pointsOf(checkerboard.sample(count, 1)).map(([x, y]) =>
    [x, y].map((value) => value / width + 2),
  );

  test("has no point on a white field, and equally many on each dark one", () => {
    const counts = new Map<string, number>();
    for (const [across, up] of inFields) {
      // float32 may round a point on an edge over it.
      const onEdge = [across, up].some((value) => Math.abs(value - Math.round(value)) < 1e-6);
      const field = onEdge ? "edge" : `${Math.floor(across)} ${Math.floor(up)}`;
      counts.set(field, (counts.get(field) ?? 0) + 1);
    }
    counts.delete("edge");
    expect([...counts.keys()].sort()).toEqual(["0 0", "0 2", "1 1", "1 3", "2 0", "2 2", "3 1", "3 3"]);
    for (const there of counts.values()) {
      expect(Math.abs(there / count - 1 / 8)).toBeLessThan(5 * Math.sqrt((1 / 8) * (7 / 8) * (1 / count)));
    }
  });

  test.each([0, 1])("is uniform within the fields along axis %d", (axis) => {
    const shares = inFields.map((place) => place[axis] - Math.floor(place[axis]));
    expect(Math.abs(mean(shares) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(variance(shares) - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / count));
  });

  test("the two coordinates within a field have nothing to do with each other", () => {
    const products = inFields.map(([x, y]) => (x - Math.floor(x) - 0.5) * (y - Math.floor(y) - 0.5));
    expect(Math.abs(mean(products))).toBeLessThan(5 / 12 / Math.sqrt(count));
  });
});
