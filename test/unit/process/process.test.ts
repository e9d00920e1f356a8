import * as fc from "fast-check";
import {
  cosineSchedule,
  diffuse,
  diffusionKernel,
  forwardStep,
  linearSchedule,
  posterior,
  posteriorWeights,
  randomNormal,
  scheduleFromBetas,
  setSeed,
  tf,
  trajectory,
  type Schedule,
} from "diffusion";
import reference from "../schedule/reference.json";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const moments = (tensor: tf.Tensor): { mean: number; variance: number } => {
  const { mean, variance } = tf.moments(tensor);
  return { mean: mean.dataSync()[0], variance: variance.dataSync()[0] };
};

/** Expects sample moments within five standard errors of the true ones. */
function expectMoments(tensor: tf.Tensor, mean: number, variance: number): void {
  const found = moments(tensor);
  expect(Math.abs(found.mean - mean)).toBeLessThan(5 * Math.sqrt(variance / tensor.size));
  expect(Math.abs(found.variance / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / tensor.size));
}

const count = 100_000;
// β differs much from step to step, so that an index that is off by one shows.
const uneven = scheduleFromBetas("uneven", [0.02, 0.3, 0.05, 0.5, 0.1]);

describe("forwardStep", () => {
  test.each([1, 2, 3, 4, 5])("has the mean √(1-β_t) z and the variance β_t at t = %d", (t) => {
    const z = tf.fill([count], 2);
    expectMoments(forwardStep(z, t, uneven, { seed: t }), 2 * Math.sqrt(1 - uneven.beta[t]), uneven.beta[t]);
  });

  test("uses the noise it is given", () => {
    const z = forwardStep(tf.tensor1d([1, 2]), 2, uneven, { noise: tf.tensor1d([0, 1]) });
    expect(values(z)[0]).toBeCloseTo(Math.sqrt(0.7), 6);
    expect(values(z)[1]).toBeCloseTo(2 * Math.sqrt(0.7) + Math.sqrt(0.3), 6);
  });

  test("takes one t for each sample", () => {
    const t = tf.tensor1d([1, 2, 5], "int32");
    const z = forwardStep(tf.ones([3, 2, 2]), t, uneven, { noise: tf.zeros([3, 2, 2]) });
    const expected = [1, 2, 5].flatMap((s) => new Array<number>(4).fill(Math.sqrt(1 - uneven.beta[s])));
    values(z).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 6);
    });
  });
});

describe("many single steps and the diffusion kernel", () => {
  test.each([
    ["uneven", uneven, 5],
    ["uneven, part of the way", uneven, 3],
    ["linear", linearSchedule(60), 60],
    ["linear, part of the way", linearSchedule(60), 20],
    ["cosine", cosineSchedule(40), 25],
  ] as const)("agree in mean and variance: %s", async (_, schedule, t) => {
    const x = tf.fill([count], -1.5);
    const [z] = await trajectory(x, schedule, { at: [t], seed: 3 });
    const { mean, variance } = diffusionKernel(tf.scalar(-1.5), t, schedule);
    expectMoments(z, values(mean)[0], values(variance)[0]);
    expectMoments(diffuse(x, t, schedule, { seed: 4 }), values(mean)[0], values(variance)[0]);
  });

  test("the kernel is N(√α_t x, (1 - α_t) I), to float32 rounding", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.float({ min: -5, max: 5, noNaN: true }), (t, x) => {
        const { alpha } = linearSchedule(200);
        const { mean, variance } = diffusionKernel(tf.tensor1d([x]), t, linearSchedule(200));
        expect(values(mean)[0]).toBeCloseTo(Math.sqrt(alpha[t]) * x, 5);
        expect(values(variance)[0] / (1 - alpha[t])).toBeCloseTo(1, 5);
      }),
      { numRuns: 30 },
    );
  });

  test("one t for each sample", () => {
    const t = tf.tensor1d([5, 1], "int32");
    const { mean, variance } = diffusionKernel(tf.ones([2, 3, 1]), t, uneven);
    expect(variance.shape).toEqual([2, 1, 1]);
    expect(values(variance)[0]).toBeCloseTo(1 - uneven.alpha[5], 6);
    expect(values(variance)[1]).toBeCloseTo(1 - uneven.alpha[1], 6);
    expect(values(mean)[0]).toBeCloseTo(Math.sqrt(uneven.alpha[5]), 6);
    expect(values(mean)[3]).toBeCloseTo(Math.sqrt(uneven.alpha[1]), 6);
  });

  test("diffuse mixes data and given noise by √α_t and √(1 - α_t)", () => {
    const z = diffuse(tf.tensor1d([2]), 4, uneven, { noise: tf.tensor1d([-1]) });
    expect(values(z)[0]).toBeCloseTo(2 * Math.sqrt(uneven.alpha[4]) - Math.sqrt(1 - uneven.alpha[4]), 6);
  });
});

describe("trajectory", () => {
  test("starts at the data, and gives the latents in the order asked for", async () => {
    const x = tf.tensor1d([1, -1]);
    const [last, first] = await trajectory(x, uneven, { at: [5, 0], seed: 1 });
    expect(values(first)).toEqual([1, -1]);
    const all = await trajectory(x, uneven, { seed: 1 });
    expect(all).toHaveLength(6);
    expect(values(all[5])).toEqual(values(last));
  });

  test("keeps no tensor but those it returns", async () => {
    const x = tf.ones([4]);
    const before = tf.memory().numTensors;
    tf.dispose(await trajectory(x, uneven, { at: [2, 4, 4] }));
    expect(tf.memory().numTensors).toBe(before);
  });

  test("an interrupt of the cell ends it, and frees what it had", async () => {
    const key = Symbol.for("Jupyter.host");
    const host = globalThis as Record<symbol, unknown>;
    let asked = 0;
    host[key] = { interrupted: () => ++asked > 3 };
    const x = tf.ones([4]);
    const before = tf.memory().numTensors;
    try {
      await expect(trajectory(x, linearSchedule(100))).rejects.toThrow("interrupted");
    } finally {
      Reflect.deleteProperty(host, key);
    }
    expect(asked).toBe(4);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("refuses NaN and times outside 0 … T", async () => {
    await expect(trajectory(tf.tensor1d([0, NaN]), uneven)).rejects.toThrow(
      "x[1] is NaN; all 2 must be finite",
    );
    await expect(trajectory(tf.ones([1]), uneven, { at: [0, 6] })).rejects.toThrow(
      "at[1] is 6; use a whole number from 0 to 5",
    );
  });
});

describe("posterior", () => {
  /** Mean and variance of q(z_{t-1} | z_t, x) ∝ q(z_t | z_{t-1}) q(z_{t-1} | x), by summing over a grid. */
  function byBayes(
    z: number,
    x: number,
    t: number,
    { alpha, beta }: Schedule,
  ): { mean: number; variance: number } {
    const grid = Array.from({ length: 40_001 }, (_, i) => -10 + i / 2000);
    const log = grid.map(
      (before) =>
        -((z - Math.sqrt(1 - beta[t]) * before) ** 2) / (2 * beta[t]) -
        (before - Math.sqrt(alpha[t - 1]) * x) ** 2 / (2 * (1 - alpha[t - 1])),
    );
    const largest = log.reduce((a, b) => Math.max(a, b));
    const mass = log.map((value) => Math.exp(value - largest));
    const total = mass.reduce((a, b) => a + b);
    const mean = grid.reduce((sum, value, i) => sum + value * mass[i], 0) / total;
    const variance = grid.reduce((sum, value, i) => sum + (value - mean) ** 2 * mass[i], 0) / total;
    return { mean, variance };
  }

  test.each([2, 3, 4, 5])("equals Bayes' rule on a grid at t = %d", (t) => {
    const [z, x] = [0.7, -1.2];
    const { mean, variance } = posterior(tf.tensor1d([z]), tf.tensor1d([x]), t, uneven);
    const expected = byBayes(z, x, t, uneven);
    expect(values(mean)[0]).toBeCloseTo(expected.mean, 5);
    expect(values(variance)[0]).toBeCloseTo(expected.variance, 5);
  });

  test("at t = 1 it is the data, with variance 0", () => {
    const { mean, variance } = posterior(tf.tensor1d([9]), tf.tensor1d([0.25]), 1, uneven);
    expect(values(mean)).toEqual([0.25]);
    expect(values(variance)).toEqual([0]);
  });

  test.each(reference.posteriors)(
    "agrees with diffusers to 1e-6: $name, t = $t",
    ({ name, t, z, x, variance }) => {
      const schedule = name === "linear" ? linearSchedule(1000) : cosineSchedule(1000);
      const ours = posteriorWeights(t, schedule);
      for (const [found, expected] of [
        [ours.z, z],
        [ours.x, x],
        [ours.variance, variance],
      ]) {
        expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-6 * Math.abs(expected));
      }
    },
  );

  test("one t for each sample", () => {
    const t = tf.tensor1d([1, 4], "int32");
    const { mean, variance } = posterior(tf.ones([2, 2]), tf.zeros([2, 2]), t, uneven);
    expect(values(mean)[0]).toBe(0);
    expect(values(mean)[2]).toBeCloseTo(posteriorWeights(4, uneven).z, 6);
    expect(values(variance)[1]).toBeCloseTo(posteriorWeights(4, uneven).variance, 6);
  });

  test("going back by the posterior gives z_{t-1} its distribution again", () => {
    const x = tf.fill([count], 1);
    const { mean, variance } = posterior(diffuse(x, 3, uneven, { seed: 1 }), x, 3, uneven);
    const before = mean.add(randomNormal([count], 2).mul(variance.sqrt()));
    expectMoments(before, Math.sqrt(uneven.alpha[2]), 1 - uneven.alpha[2]);
  });
});

test("what is drawn repeats with the stream's seed", () => {
  const draw = (): number[] => {
    setSeed(8);
    return values(diffuse(tf.ones([3]), 2, uneven));
  };
  expect(draw()).toEqual(draw());
});

test("gradients flow to the data", () => {
  const slope = tf.grad((x) => diffuse(x, 3, uneven, { seed: 1 }).sum())(tf.ones([2]));
  expect(values(slope)[0]).toBeCloseTo(Math.sqrt(uneven.alpha[3]), 6);
});

test("no tensor is left behind but the results", () => {
  const x = tf.ones([2, 3]);
  const t = tf.tensor1d([1, 2], "int32");
  const before = tf.memory().numTensors;
  tf.dispose(forwardStep(x, t, uneven));
  tf.dispose(diffuse(x, t, uneven));
  tf.dispose({ ...diffusionKernel(x, t, uneven) });
  tf.dispose({ ...posterior(x, x, t, uneven) });
  expect(tf.memory().numTensors).toBe(before);
});

describe("bad arguments are named", () => {
  const x = tf.zeros([2, 3]);
  test.each([0, 6, -1, 1.5, NaN])("t = %d", (t) => {
    const message = `t is ${t}; use a whole number from 1 to 5`;
    expect(() => forwardStep(x, t, uneven)).toThrow(message);
    expect(() => diffuse(x, t, uneven)).toThrow(message);
    expect(() => diffusionKernel(x, t, uneven)).toThrow(message);
    expect(() => posterior(x, x, t, uneven)).toThrow(message);
    expect(() => posteriorWeights(t, uneven)).toThrow(message);
  });

  test("t = 0 within a tensor cannot pass for data", () => {
    const z = diffuse(tf.ones([2, 1]), tf.tensor1d([0, 1], "int32"), uneven);
    expect(values(z)[0]).toBeNaN();
    expect(values(z)[1]).not.toBeNaN();
  });

  test("shapes and types", () => {
    expect(() => diffuse(x, tf.tensor1d([1, 2]), uneven)).toThrow("t is a tensor of float32; use int32");
    expect(() => diffuse(x, tf.tensor1d([1], "int32"), uneven)).toThrow("t has the shape [1]; use [2]");
    expect(() => diffuse(x, 1, uneven, { noise: tf.zeros([3, 2]) })).toThrow(
      "noise has the shape [3, 2]; use [2, 3]",
    );
    expect(() => posterior(x, tf.zeros([2]), 1, uneven)).toThrow("x has the shape [2]; use [2, 3]");
    expect(() => forwardStep(tf.zeros([2], "int32"), 1, uneven)).toThrow(
      "z is a tensor of int32; use float32",
    );
  });
});
