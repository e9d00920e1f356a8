import {
  accuracy,
  classCounts,
  entropyInBits,
  likeliestClasses,
  meanConfidence,
  meanProbabilities,
  tf,
} from "diffusion";

const probabilities = tf.tensor2d([
  [0.7, 0.2, 0.1],
  [0.1, 0.8, 0.1],
  [0.25, 0.25, 0.5],
  [0.4, 0.35, 0.25],
]);

test("the likeliest class, the first of equals, and how often each is", () => {
  expect([...likeliestClasses(probabilities)]).toEqual([0, 1, 2, 0]);
  expect([...likeliestClasses(tf.tensor2d([[0.2, 0.4, 0.4]]))]).toEqual([1]);
  expect([...classCounts(probabilities)]).toEqual([2, 1, 1]);
  expect([...classCounts(tf.tensor2d([[0.1, 0.8, 0.1, 0]]))]).toEqual([0, 1, 0, 0]);
});

test("accuracy is the share of images of the class asked for", () => {
  expect(accuracy(probabilities, [0, 1, 2, 0])).toBe(1);
  expect(accuracy(probabilities, Int32Array.of(0, 1, 1, 1))).toBe(0.5);
  expect(accuracy(probabilities, [1, 2, 0, 2])).toBe(0);
});

test("mean confidence is the mean of each image's largest probability", () => {
  expect(meanConfidence(probabilities)).toBeCloseTo((0.7 + 0.8 + 0.5 + 0.4) / 4, 6);
  expect(meanConfidence(tf.fill([3, 10], 0.1))).toBeCloseTo(0.1, 6);
});

test("mean probabilities are those of the classes over all images", () => {
  const mean = meanProbabilities(probabilities);
  [1.45, 1.6, 0.95].forEach((sum, k) => {
    expect(mean[k]).toBeCloseTo(sum / 4, 6);
  });
});

describe("the entropy", () => {
  test.each([1, 2, 10, 64])(
    "is log₂ %d for so many equal classes, as counts or as probabilities",
    (classes) => {
      expect(entropyInBits(new Int32Array(classes).fill(7))).toBeCloseTo(Math.log2(classes), 12);
      expect(entropyInBits(new Float64Array(classes).fill(1 / classes))).toBeCloseTo(Math.log2(classes), 12);
    },
  );

  test("is 0 for one class, 1.5 bits for 2 : 1 : 1, and does not count classes that do not occur", () => {
    expect(entropyInBits([0, 9, 0])).toBe(0);
    expect(entropyInBits(classCounts(probabilities))).toBeCloseTo(1.5, 12);
    expect(entropyInBits([2, 0, 1, 1, 0])).toBeCloseTo(1.5, 12);
    const p = 0.11;
    expect(entropyInBits([p, 1 - p])).toBeCloseTo(-p * Math.log2(p) - (1 - p) * Math.log2(1 - p), 12);
  });

  test("of n counts falls short by about (classes - 1) / (2 n ln 2) bits", () => {
    const [classes, n, draws] = [10, 200, 400];
    const labels = tf.randomUniform([draws, n], 0, classes, "int32", 4).arraySync() as number[][];
    const entropies = labels.map((row) => {
      const counts = new Int32Array(classes);
      for (const label of row) counts[label]++;
      return entropyInBits(counts);
    });
    const mean = entropies.reduce((sum, value) => sum + value, 0) / draws;
    const short = (classes - 1) / (2 * n * Math.LN2);
    expect((Math.log2(classes) - mean) / short).toBeGreaterThan(0.85);
    expect((Math.log2(classes) - mean) / short).toBeLessThan(1.15);
  });

  test("refuses what is no distribution", () => {
    expect(() => entropyInBits([1, -1, 3])).toThrow("weights[1] is -1; use numbers of 0 or more");
    expect(() => entropyInBits([0, 0])).toThrow("weights add up to 0; at least one must be above 0");
    expect(() => entropyInBits([])).toThrow("weights add up to 0");
    expect(() => entropyInBits([1, NaN])).toThrow("weights[1] is NaN");
  });
});

test.each([likeliestClasses, classCounts, meanProbabilities, meanConfidence])(
  "%p refuses what is no matrix of probabilities, and keeps no tensor",
  (statistic) => {
    const before = tf.memory().numTensors;
    statistic(probabilities);
    expect(tf.memory().numTensors).toBe(before);
    const cure = "use probabilities, such as the softmax of logits";
    const rows = (...values: number[][]): tf.Tensor2D => tf.tensor2d(values);
    expect(() => statistic(rows([0.5, 0.5], [2, -1]))).toThrow(
      `row 1 of probabilities has a number below 0; ${cure}`,
    );
    expect(() => statistic(rows([0.5, 0.5], [0.5, 0]))).toThrow(
      `row 1 of probabilities adds up to 0.5; ${cure}`,
    );
    expect(() => statistic(rows([0.5, NaN]))).toThrow("probabilities[1] is NaN");
    expect(() => statistic(tf.ones([2, 2, 1]) as unknown as tf.Tensor2D)).toThrow(
      "probabilities has the shape [2, 2, 1]; use [any, any]",
    );
    expect(() => statistic(tf.ones([0, 2]))).toThrow("probabilities.shape[0] is 0");
    expect(() => statistic(tf.ones([1, 1], "int32"))).toThrow("probabilities is a tensor of int32");
  },
);

test("accuracy refuses labels that do not fit", () => {
  expect(() => accuracy(probabilities, [0, 1, 2])).toThrow(
    "labels has 3 labels for 4 images; give one for each",
  );
  expect(() => accuracy(probabilities, [0, 1, 2, 3])).toThrow(
    "labels[3] is 3; use a whole number from 0 to 2",
  );
  expect(() => accuracy(probabilities, [0, 1.5, 2, 0])).toThrow("labels[1] is 1.5");
});
