import { energyDistance, frechetDistance, kernelDistance, noiseFloor, setSeed, tf } from "diffusion";
import { cloud, interruptedAt, meanAndError } from "./features";

/** Rows that say which they are. */
const numbered = (rows: number): tf.Tensor2D => tf.range(0, rows).reshape([rows, 1]);
const values = (rows: tf.Tensor2D): number[] => [...rows.dataSync()];
const differenceOfMeans = (a: tf.Tensor2D, b: tf.Tensor2D): number =>
  tf.tidy(() => a.mean().sub(b.mean()).dataSync()[0]);

/** The samples that a distance is given. */
async function drawn(
  data: tf.Tensor2D,
  options: Parameters<typeof noiseFloor>[2],
): Promise<{ a: number[]; b: number[] }[]> {
  const samples: { a: number[]; b: number[] }[] = [];
  await noiseFloor((a, b) => samples.push({ a: values(a), b: values(b) }), data, options);
  return samples;
}

describe("what is compared", () => {
  test("random halves without anything in common, others each time", async () => {
    const samples = await drawn(numbered(11), { seed: 1 });
    expect(samples).toHaveLength(20);
    for (const { a, b } of samples) {
      expect([a.length, b.length]).toEqual([5, 5]);
      expect(new Set([...a, ...b]).size).toBe(10);
    }
    expect(new Set(samples.map(({ a }) => [...a].sort().join())).size).toBeGreaterThan(15);
  });

  test("the sizes asked for, and every row as often in the one as in the other", async () => {
    const repeats = 600;
    const samples = await drawn(numbered(10), { size: 3, reference: 6, repeats, seed: 1 });
    const counts = [new Float64Array(10), new Float64Array(10)];
    for (const { a, b } of samples) {
      expect([a.length, b.length]).toEqual([3, 6]);
      expect(new Set([...a, ...b]).size).toBe(9);
      for (const row of a) counts[0][row]++;
      for (const row of b) counts[1][row]++;
    }
    for (const [counted, share] of [
      [counts[0], 0.3],
      [counts[1], 0.6],
    ] as const) {
      const error = Math.sqrt(repeats * share * (1 - share));
      for (const count of counted) expect(Math.abs(count - repeats * share)).toBeLessThan(5 * error);
    }
  });

  test("a given sample, always whole", async () => {
    const reference = tf.tensor2d([[100], [101], [102]]);
    const samples = await drawn(numbered(8), { size: 5, reference, repeats: 4, seed: 1 });
    for (const { a, b } of samples) {
      expect(new Set(a).size).toBe(5);
      expect(b).toEqual([100, 101, 102]);
    }
    expect(new Set(samples.map(({ a }) => a.join())).size).toBe(4);
    expect(values(reference)).toEqual([100, 101, 102]);
  });

  test("the same with the same seed, or the same place in the stream", async () => {
    const options = { size: 4, repeats: 3 };
    const data = numbered(20);
    expect(await drawn(data, { ...options, seed: 3 })).toEqual(await drawn(data, { ...options, seed: 3 }));
    expect(await drawn(data, { ...options, seed: 3 })).not.toEqual(
      await drawn(data, { ...options, seed: 4 }),
    );
    setSeed(7);
    const first = await drawn(data, options);
    expect(await drawn(data, options)).not.toEqual(first);
    setSeed(7);
    expect(await drawn(data, options)).toEqual(first);
  });
});

test("mean, standard deviation and values, of numbers, of promises and of estimates", async () => {
  for (const wrapped of [
    (value: number) => value,
    (value: number) => Promise.resolve(value),
    (value: number) => ({ distance: value, standardError: 9 }),
    (value: number) => Promise.resolve({ distance: value }),
  ]) {
    let next = 0;
    const found = await noiseFloor(() => wrapped([3, 5, 10][next++]), numbered(6), { repeats: 3 });
    expect([...found.values]).toEqual([3, 5, 10]);
    expect(found.mean).toBeCloseTo(6, 12);
    expect(found.standardDeviation).toBeCloseTo(Math.sqrt(13), 12);
  }
});

describe("of the distances of the course", () => {
  const data = cloud(800, 6, 1);

  test("Fréchet's is far from 0, and falls as 1/n + 1/N", async () => {
    const floor = async (size: number, reference: number): Promise<number> =>
      (await noiseFloor(frechetDistance, data, { size, reference, seed: 2 })).mean;
    const [small, uneven, large] = [await floor(100, 100), await floor(100, 400), await floor(400, 400)];
    expect(small).toBeGreaterThan(0.15);
    expect(small / large).toBeGreaterThan(3);
    expect(small / large).toBeLessThan(5);
    expect(uneven / large).toBeGreaterThan(1.9);
    expect(uneven / large).toBeLessThan(3.2);
  });

  test.each([
    ["kernelDistance", kernelDistance],
    ["energyDistance", energyDistance],
  ] as const)("%s has the floor 0, within its error", async (_, distance) => {
    const {
      mean,
      standardDeviation,
      values: all,
    } = await noiseFloor(distance, data, {
      size: 60,
      repeats: 100,
      seed: 2,
    });
    expect(Math.abs(mean)).toBeLessThan(4 * (standardDeviation / 10));
    expect(standardDeviation).toBeCloseTo(meanAndError(all).deviation, 12);
  });

  test("a sample of another source is above the floor, one of the same within it", async () => {
    const { mean, standardDeviation } = await noiseFloor(frechetDistance, data, {
      size: 200,
      reference: 400,
      seed: 3,
    });
    const reference = tf.slice2d(data, [0, 0], [400, 6]);
    const within = await frechetDistance(cloud(200, 6, 8), reference);
    expect(Math.abs(within - mean)).toBeLessThan(4 * standardDeviation);
    expect(await frechetDistance(cloud(200, 6, 8, 0.3), reference)).toBeGreaterThan(
      mean + 8 * standardDeviation,
    );
  });
});

describe("the scatter, of a difference of means", () => {
  const data = cloud(200, 1, 5);
  const { deviation } = meanAndError(values(data));

  test("of two disjoint draws is that of fresh data", async () => {
    const options = { size: 100, reference: 100, repeats: 500, seed: 1 };
    const { standardDeviation } = await noiseFloor(differenceOfMeans, data, options);
    expect(standardDeviation / (deviation * Math.sqrt(2 / 100))).toBeGreaterThan(0.87);
    expect(standardDeviation / (deviation * Math.sqrt(2 / 100))).toBeLessThan(1.13);
  });

  test("of draws against a given sample is smaller, by √(1 - size / number of data)", async () => {
    const options = { size: 150, reference: cloud(100, 1, 6), repeats: 500, seed: 1 };
    const { standardDeviation } = await noiseFloor(differenceOfMeans, data, options);
    const expected = deviation * Math.sqrt((1 / 150) * (1 - 150 / 200));
    expect(standardDeviation / expected).toBeGreaterThan(0.87);
    expect(standardDeviation / expected).toBeLessThan(1.13);
  });
});

test("keeps no tensor, whatever happens to the distance", async () => {
  const [data, reference] = [cloud(40, 3, 1), cloud(10, 3, 2)];
  const before = tf.memory().numTensors;
  await noiseFloor(frechetDistance, data, { repeats: 3 });
  await noiseFloor(frechetDistance, data, { repeats: 3, reference });
  const failing = (): number => {
    throw new Error("no distance");
  };
  await expect(noiseFloor(failing, data)).rejects.toThrow("no distance");
  expect(await interruptedAt(2, () => noiseFloor(differenceOfMeans, data))).toBe(2);
  expect(tf.memory().numTensors).toBe(before);
});

test("refuses more than there is, and too few repeats", async () => {
  const data = numbered(10);
  const refused = (options: Parameters<typeof noiseFloor>[2]): Promise<unknown> =>
    noiseFloor(differenceOfMeans, data, options);
  await expect(refused({ size: 6 })).rejects.toThrow(
    "size + reference is 12, but data has 10 rows; draw fewer",
  );
  await expect(refused({ size: 6, reference: 5 })).rejects.toThrow(
    "size + reference is 11, but data has 10 rows",
  );
  await expect(refused({ size: 11, reference: data })).rejects.toThrow("size is 11, but data has 10 rows");
  await expect(refused({ size: 0 })).rejects.toThrow("size is 0; use a whole number of 1 or more");
  await expect(refused({ reference: 0 })).rejects.toThrow("reference is 0; use a whole number of 1 or more");
  await expect(refused({ repeats: 1 })).rejects.toThrow("repeats is 1; use a whole number of 2 or more");
});
