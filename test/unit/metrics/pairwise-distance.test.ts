import { meanPairwiseDistance, randomNormal, tf } from "diffusion";

test("is the mean over all pairs of different points", async () => {
  const points = tf.tensor2d([
    [0, 0],
    [3, 4],
    [0, 1],
  ]);
  const expected = (5 + 1 + Math.sqrt(18)) / 3;
  expect(await meanPairwiseDistance(points)).toBeCloseTo(expected, 6);
});

test("is 2/√π for numbers of a standard normal distribution", async () => {
  const points = randomNormal<tf.Rank.R2>([4000, 1], 1);
  expect(Math.abs((await meanPairwiseDistance(points)) - 2 / Math.sqrt(Math.PI))).toBeLessThan(0.03);
});

test("within classes, each of which counts alike, and those with one point not at all", async () => {
  const points = tf.tensor2d([[0], [100], [2], [104], [7], [-500]]);
  const labels = [0, 1, 0, 1, 0, 2];
  const [first, second] = [(2 + 5 + 7) / 3, 4];
  const before = tf.memory().numTensors;
  expect(await meanPairwiseDistance(points, labels)).toBeCloseTo((first + second) / 2, 6);
  expect(tf.memory().numTensors).toBe(before);
});

test("says so where points or labels do not do", async () => {
  const points = tf.tensor2d([[0], [1]]);
  await expect(meanPairwiseDistance(points, [0])).rejects.toThrow(
    "labels has 1 classes for 2 points; give one for each.",
  );
  await expect(meanPairwiseDistance(points, [0, 1])).rejects.toThrow(
    "labels puts no two points in one class",
  );
  await expect(meanPairwiseDistance(points, [0, 0.5])).rejects.toThrow(
    "labels[1] is 0.5; use a whole number",
  );
  await expect(meanPairwiseDistance(tf.tensor2d([[0]]))).rejects.toThrow("points.shape[0] is 1");
});
