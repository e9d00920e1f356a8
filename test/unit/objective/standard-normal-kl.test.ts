import { compile, normalKl, randomNormal, standardNormalKl, tf } from "diffusion";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const mean = randomNormal<tf.Rank.R2>([3, 4], 1);
const logVariance = randomNormal<tf.Rank.R2>([3, 4], 2);

test("is the mean over numbers of what each takes by itself", () => {
  const logs = values(logVariance);
  const each = values(mean).map((m, i) =>
    normalKl({ mean: m, variance: Math.exp(logs[i]) }, { mean: 0, variance: 1 }),
  );
  const expected = each.reduce((sum, value) => sum + value) / 12;
  expect(values(standardNormalKl(mean, logVariance))[0]).toBeCloseTo(expected, 5);
  expect(values(compile(() => standardNormalKl(mean, logVariance))())[0]).toBeCloseTo(expected, 5);
});

test("is the mean of log q - log p over draws", () => {
  const [m, variance, count] = [0.8, 0.3, 200_000];
  const draws = values(randomNormal([count], 3).mul(Math.sqrt(variance)).add(m));
  const log = (x: number, mu: number, v: number): number => -((x - mu) ** 2 / v + Math.log(v)) / 2;
  const estimate = draws.reduce((sum, x) => sum + log(x, m, variance) - log(x, 0, 1), 0) / count;
  const [found] = values(standardNormalKl(tf.scalar(m), tf.scalar(Math.log(variance))));
  // The standard error is about 0.002.
  expect(Math.abs(found - estimate)).toBeLessThan(0.01);
});

test("is 0 for N(0, 1) alone, with slopes μ and (σ² - 1)/2", () => {
  expect(values(standardNormalKl(tf.zeros([5]), tf.zeros([5])))).toEqual([0]);
  const [byMean, byLog] = tf.grads((m: tf.Tensor, l: tf.Tensor) => standardNormalKl(m, l))([
    mean,
    logVariance,
  ]);
  values(byMean).forEach((slope, i) => {
    expect(12 * slope).toBeCloseTo(values(mean)[i], 5);
  });
  values(byLog).forEach((slope, i) => {
    expect(12 * slope).toBeCloseTo((Math.exp(values(logVariance)[i]) - 1) / 2, 5);
  });
});

test("what does not fit is named", () => {
  expect(() => standardNormalKl(mean, tf.zeros([3, 5]))).toThrow(
    "logVariance has the shape [3, 5]; use [3, 4].",
  );
});
