import { precisionRecall, tf } from "diffusion";
import { cloud, interruptedAt } from "./features";
import reference from "./features-reference.json";

describe.each(reference)("as scipy's distances give (features-reference.py): $name", ({ a, b, balls }) => {
  test.each(balls)("$neighbours neighbours", async ({ neighbours, precision, recall }) => {
    const found = await precisionRecall(tf.tensor2d(a), tf.tensor2d(b), { neighbours });
    expect(found.precision).toBeCloseTo(precision, 12);
    expect(found.recall).toBeCloseTo(recall, 12);
  });
});

/** Clusters of the width 0.1 about the corners 10 e_k. */
const clusters = (corners: readonly number[], each: number, dimension: number, seed: number): tf.Tensor2D =>
  tf.tidy(() =>
    tf.concat2d(
      corners.map((corner) => {
        const centre = tf
          .oneHot(tf.tensor1d([corner], "int32"), dimension)
          .cast("float32")
          .mul(10);
        return cloud(each, dimension, seed + corner)
          .mul(0.1)
          .add<tf.Tensor2D>(centre);
      }),
      0,
    ),
  );

// In few dimensions by differences, in many by matrix products.
describe.each([5, 12])("modes in %d dimensions", (dimension) => {
  const real = clusters([0, 1, 2, 3], 25, dimension, 1);
  const neighbours = 24;

  test("the same images: both are 1", async () => {
    expect(await precisionRecall(real, real)).toEqual({ precision: 1, recall: 1 });
  });

  test("other images of the same modes: both are 1 with balls as large as the modes", async () => {
    const generated = clusters([0, 1, 2, 3], 25, dimension, 101);
    expect(await precisionRecall(real, generated, { neighbours })).toEqual({ precision: 1, recall: 1 });
  });

  test("half of the modes left out: precision 1, recall a half", async () => {
    const generated = clusters([1, 3], 50, dimension, 101);
    expect(await precisionRecall(real, generated, { neighbours })).toEqual({ precision: 1, recall: 0.5 });
  });

  test("a fifth of the images in a mode that does not exist: precision 0.8, recall 1", async () => {
    const generated = clusters([0, 1, 2, 3, 4], 25, dimension, 101);
    expect(await precisionRecall(real, generated, { neighbours })).toEqual({ precision: 0.8, recall: 1 });
  });

  test("no mode in common: both are 0", async () => {
    const generated = clusters([4], 100, dimension, 101);
    expect(await precisionRecall(real, generated)).toEqual({ precision: 0, recall: 0 });
  });
});

describe("the balls", () => {
  const line = (...points: number[]): tf.Tensor2D => tf.tensor2d(points, [points.length, 1]);

  test("reach to the neighbour itself, and no point is its own neighbour", async () => {
    // Of 0 and 1 the balls reach to 2; of 2 and 10 they reach from -6.
    const found = await precisionRecall(line(0, 1), line(2, 10), { neighbours: 1 });
    expect(found).toEqual({ precision: 0.5, recall: 1 });
  });

  test("reach to the third neighbour if nothing is said", async () => {
    // The ball about 0 reaches to -4, about 1 to 4, 2 to 4, 4 to 8.
    const found = await precisionRecall(line(0, 1, 2, 4), line(-4, -4.5, 8, 8.5));
    expect(found.precision).toBe(0.5);
  });

  test("of points with as many copies as neighbours have no width", async () => {
    const copies = line(0, 0, 0, 0, 5, 5, 5, 5);
    expect(await precisionRecall(copies, line(0, 5, 0.1, 4.9))).toEqual({ precision: 0.5, recall: 1 });
  });
});

test("exchanging the sets exchanges the numbers, and scale and place do not count", async () => {
  const [a, b] = [cloud(60, 12, 1), cloud(50, 12, 2).mul<tf.Tensor2D>(0.7)];
  const { precision, recall } = await precisionRecall(a, b);
  expect(precision).toBeGreaterThan(recall);
  expect(await precisionRecall(b, a)).toEqual({ precision: recall, recall: precision });
  const moved = await precisionRecall(a.mul(8).add(16), b.mul(8).add(16));
  expect(moved.precision).toBeCloseTo(precision, 1);
});

test("several blocks of pairs give what one gives", async () => {
  // 1,500 · 1,500 pairs are more than one block; most points are copies, and change nothing.
  const [a, b] = [cloud(150, 12, 1), cloud(150, 12, 2)];
  const { precision, recall } = await precisionRecall(a, b, { neighbours: 2 });
  const found = await precisionRecall(tf.tile(a, [10, 1]), tf.tile(b, [10, 1]), { neighbours: 29 });
  // With 10 copies of each the 29th neighbour is one of the second-nearest's.
  expect(found).toEqual({ precision, recall });
});

test("keeps no tensor, and an interrupt of the cell ends it between two blocks", async () => {
  const [a, b] = [cloud(3000, 9, 1), cloud(3000, 9, 2)];
  const before = tf.memory().numTensors;
  expect(await interruptedAt(3, () => precisionRecall(a, b))).toBe(3);
  await precisionRecall(a.slice(0, 9), b.slice(0, 9));
  expect(tf.memory().numTensors).toBe(before + 2);
});

test("refuses other shapes and numbers of neighbours, and what is not finite", async () => {
  const a = cloud(5, 3, 1);
  const use = "use a whole number from 1 to 3";
  await expect(precisionRecall(a, cloud(4, 3, 1), { neighbours: 4 })).rejects.toThrow(
    `neighbours is 4; ${use}`,
  );
  await expect(precisionRecall(cloud(4, 3, 1), a, { neighbours: 0 })).rejects.toThrow(
    `neighbours is 0; ${use}`,
  );
  await expect(precisionRecall(a, cloud(5, 4, 1))).rejects.toThrow("generated has the shape [5, 4]");
  await expect(precisionRecall(cloud(1, 3, 1), a)).rejects.toThrow("real.shape[0] is 1");
  await expect(precisionRecall(a, tf.fill([5, 3], NaN))).rejects.toThrow("generated[0] is NaN");
  await expect(precisionRecall(a.cast("int32"), a)).rejects.toThrow("real is a tensor of int32");
});
