import {
  betaVariance,
  cosineSchedule,
  linearSchedule,
  posterior,
  posteriorVariance,
  posteriorWeights,
  randomTimes,
  randomUniform,
  reverseStep,
  scheduleFromBetas,
  setSeed,
  tf,
  varianceBetween,
  varianceTable,
  type Schedule,
} from "diffusion";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
// β differs much from step to step, so that an index that is off by one shows.
const uneven = scheduleFromBetas("uneven", [0.02, 0.3, 0.05, 0.5, 0.1]);
const allSteps = [1, 2, 3, 4, 5].flatMap((t) => Array.from({ length: t }, (_, s) => [t, s] as const));

/** Mean and variance of q(z_s | z_t, x) ∝ q(z_t | z_s) q(z_s | x), by adding up precisions. */
function bySquares(
  z: number,
  x: number,
  t: number,
  s: number,
  { beta }: Schedule,
): { readonly mean: number; readonly variance: number } {
  let [kept, before] = [1, 1];
  for (let i = 1; i <= t; i++) {
    if (i <= s) before *= 1 - beta[i];
    else kept *= 1 - beta[i];
  }
  if (s === 0) return { mean: x, variance: 0 };
  const precision = kept / (1 - kept) + 1 / (1 - before);
  const mean = ((Math.sqrt(kept) * z) / (1 - kept) + (Math.sqrt(before) * x) / (1 - before)) / precision;
  return { mean, variance: 1 / precision };
}

describe("q(z_s | z_t, x), over one step or many", () => {
  test.each(allSteps)("from t = %d to s = %d it is the product of its two densities", (t, s) => {
    const [z, x] = [0.7, -1.2];
    const expected = bySquares(z, x, t, s, uneven);
    const found = posteriorWeights(t, uneven, s);
    expect(found.z * z + found.x * x).toBeCloseTo(expected.mean, 12);
    expect(found.variance).toBeCloseTo(expected.variance, 12);
  });

  test("s is t - 1 if nothing is said", () => {
    for (let t = 1; t <= 5; t++)
      expect(posteriorWeights(t, uneven)).toEqual(posteriorWeights(t, uneven, t - 1));
  });

  test.each([-1, 3, 1.5, NaN])("s = %d is refused at t = 3", (s) => {
    expect(() => posteriorWeights(3, uneven, s)).toThrow(`s is ${s}; use a whole number from 0 to 2`);
    expect(() => betaVariance(3, uneven, s)).toThrow(`s is ${s}`);
    expect(() => posteriorVariance(3, uneven, s)).toThrow(`s is ${s}`);
  });
});

describe("choices of σ_t²", () => {
  test.each(allSteps)("β and β̃ from t = %d to s = %d", (t, s) => {
    const kept = uneven.beta.slice(s + 1, t + 1).reduce((product, beta) => product * (1 - beta), 1);
    expect(betaVariance(t, uneven, s)).toBeCloseTo(1 - kept, 14);
    expect(posteriorVariance(t, uneven, s)).toBeCloseTo(bySquares(0, 0, t, s, uneven).variance, 14);
  });

  test("β of a single step is the schedule's, to the last digit", () => {
    const schedule = linearSchedule(1000);
    for (let t = 1; t <= 1000; t++) expect(betaVariance(t, schedule, t - 1)).toBe(schedule.beta[t]);
  });

  test("between the two, in logarithms, for all t or each", () => {
    const [beta, least] = [uneven.beta[4], posteriorVariance(4, uneven, 3)];
    expect(varianceBetween(1)(4, uneven, 3)).toBeCloseTo(beta, 14);
    expect(varianceBetween(0)(4, uneven, 3)).toBeCloseTo(least, 14);
    expect(varianceBetween(0.5)(4, uneven, 3)).toBeCloseTo(Math.sqrt(beta * least), 14);
    const each = varianceBetween([NaN, 0, 0.25, 0, 0.75, 1]);
    expect(each(4, uneven, 3)).toBeCloseTo(beta ** 0.75 * least ** 0.25, 14);
    expect(each(5, uneven, 4)).toBeCloseTo(uneven.beta[5], 14);
    // The first step: β̃_2 stands for β̃_1 = 0.
    expect(varianceBetween(0)(1, uneven, 0)).toBeCloseTo(posteriorVariance(2, uneven, 1), 14);
    expect(varianceBetween(1)(1, uneven, 0)).toBeCloseTo(0.02, 14);
    expect(() => varianceBetween(NaN)(2, uneven, 1)).toThrow("share is NaN");
    expect(() => each(0, uneven, 0)).toThrow("share[0] is NaN");
    expect(() => varianceBetween([0, 1])(2, uneven, 1)).toThrow("share[2] is undefined");
  });

  test("a table, for single steps", () => {
    const table = varianceTable([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(table(3, uneven, 2)).toBe(0.3);
    expect(() => table(3, uneven, 1)).toThrow("s is 1; use a whole number from 2 to 2");
    expect(() => varianceTable([0, -0.1])(1, uneven, 0)).toThrow(
      "table[1] is -0.1; use a finite number of 0 or more",
    );
    expect(() => varianceTable([0])(1, uneven, 0)).toThrow("table[1] is undefined");
  });
});

describe("reverseStep", () => {
  const z = tf.tensor2d([
    [0.3, -1],
    [2, 0.1],
    [0, 1],
  ]);
  const guess = tf.tensor2d([
    [1, 1],
    [-0.5, 0],
    [0.2, -2],
  ]);

  test("has the posterior's mean with the guess for x, and σ_t²", () => {
    for (const t of [1, 2, 4]) {
      const { mean, variance } = reverseStep(z, guess, t, uneven);
      expect(values(mean)).toEqual(values(posterior(z, guess, t, uneven).mean));
      expect(values(variance)[0]).toBeCloseTo(uneven.beta[t], 7);
      expect(values(reverseStep(z, guess, t, uneven, posteriorVariance).variance)[0]).toBeCloseTo(
        posteriorVariance(t, uneven, t - 1),
        7,
      );
    }
  });

  test("one t for each sample", () => {
    const t = tf.tensor1d([5, 1, 3], "int32");
    const { mean, variance } = reverseStep(z, guess, t, uneven, varianceTable([0, 1, 2, 3, 4, 5]));
    expect(variance.shape).toEqual([3, 1]);
    expect(values(variance)).toEqual([5, 1, 3]);
    [5, 5, 1, 1, 3, 3].forEach((s, i) => {
      const weights = posteriorWeights(s, uneven);
      expect(values(mean)[i]).toBeCloseTo(weights.z * values(z)[i] + weights.x * values(guess)[i], 5);
    });
  });

  test("leaves only its result", () => {
    const before = tf.memory().numTensors;
    const step = reverseStep(z, guess, 3, uneven);
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose({ ...step });
  });

  test("refuses what does not fit", () => {
    expect(() => reverseStep(z, tf.zeros<tf.Rank.R2>([2, 2]), 1, uneven)).toThrow(
      "x has the shape [2, 2]; use [3, 2]",
    );
    expect(() => reverseStep(z, guess, 6, uneven)).toThrow("t is 6; use a whole number from 1 to 5");
  });
});

describe("randomTimes", () => {
  const schedule = cosineSchedule(10);

  test("are uniform on 1 … T, as int32", () => {
    const count = 50_000;
    const times = randomTimes(count, schedule, { seed: 4 });
    expect(times.dtype).toBe("int32");
    expect(times.shape).toEqual([count]);
    const counts = new Array<number>(12).fill(0);
    for (const t of values(times)) counts[t]++;
    expect([counts[0], counts[11]]).toEqual([0, 0]);
    for (let t = 1; t <= 10; t++) {
      expect(Math.abs(counts[t] / count - 0.1)).toBeLessThan(5 * Math.sqrt(0.09 / count));
    }
  });

  test("stratified: one from each part, each in a random place, uniform in all", () => {
    const long = linearSchedule(1000);
    const seen = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const times = values(randomTimes(10, long, { seed, stratified: true }));
      times.forEach((t, i) => {
        expect(Math.ceil(t / 100)).toBe(i + 1);
        seen.add(t);
      });
      // Not the same place in each part.
      expect(new Set(times.map((t) => t % 100)).size).toBeGreaterThan(1);
    }
    expect(seen.size).toBeGreaterThan(250);
    const counts = new Array<number>(12).fill(0);
    for (const t of values(randomTimes(20_000, schedule, { seed: 1, stratified: true }))) counts[t]++;
    for (let t = 1; t <= 10; t++) expect(Math.abs(counts[t] - 2000)).toBeLessThanOrEqual(1);
  });

  test("never T + 1, whatever the rounding", () => {
    // With this seed the last place is so near to the end of its part that float32 rounds it to the end.
    const seed = 28;
    const last = values(randomUniform([200_000], seed))[199_999];
    expect(Math.fround(199_999 + last)).toBe(200_000);
    const times = values(randomTimes(200_000, linearSchedule(3), { seed, stratified: true }));
    expect(new Set(times)).toEqual(new Set([1, 2, 3]));
  });

  test("repeat with the seed, or the stream's", () => {
    const draw = (seed?: number): number[] =>
      values(randomTimes(20, schedule, seed === undefined ? {} : { seed }));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    setSeed(5);
    const first = draw();
    expect(draw()).not.toEqual(first);
    setSeed(5);
    expect(draw()).toEqual(first);
  });

  test("no tensor is left, and a bad count is named", () => {
    const before = tf.memory().numTensors;
    randomTimes(5, schedule, { stratified: true }).dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(() => randomTimes(0, schedule)).toThrow("count is 0; use a whole number of 1 or more");
  });
});
