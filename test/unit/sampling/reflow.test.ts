import {
  adam,
  compile,
  coupling,
  ddim,
  denoiserOf,
  denoisingLoss,
  euler,
  exactDenoiser,
  mlp,
  planeMixture,
  randomNormal,
  randomPairs,
  randomTimes,
  samplingTimes,
  setSeed,
  straightness,
  straightSchedule,
  tf,
  valueAndGradients,
  type Denoiser,
} from "diffusion";

const schedule = straightSchedule(100);
const two = planeMixture({ means: [[-1, 0.3], [1, -0.3]], deviations: [0.15, 0.15] }); // prettier-ignore
const exact = exactDenoiser(two, schedule);
const times = samplingTimes(schedule, 50);
const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

describe("a coupling", () => {
  const noise = randomNormal<tf.Rank.R2>([70, 2], 1);

  test("is noise with its own sample, however many are made at once", async () => {
    const expected = values(await ddim(exact, noise, schedule, { times }));
    for (const options of [{ times }, { times, batch: 32 }]) {
      const found = await coupling(exact, noise, schedule, options);
      expect(values(found.noise)).toEqual(values(noise));
      values(found.x).forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 5);
      });
    }
    // By the sampler that is given: this one cannot begin at α = 0.
    await expect(coupling(exact, noise, schedule, { times, sampler: euler })).rejects.toThrow(
      "the flow has no beginning",
    );
  });

  test("leaves two tensors, and none after an error", async () => {
    const before = tf.memory().numTensors;
    tf.dispose({ ...(await coupling(exact, noise, schedule, { times: [100, 0], batch: 30 })) });
    await expect(coupling(exact, noise, schedule, { times: [0] })).rejects.toThrow("times has 1 entries");
    await expect(coupling(exact, noise, schedule, { batch: 0 })).rejects.toThrow("batch is 0");
    expect(tf.memory().numTensors).toBe(before);
  });

  test("pairs are drawn together, all of them, with replacement", () => {
    const rows = tf.range(0, 20).reshape([20, 1]);
    const { noise, x } = randomPairs({ noise: rows, x: rows.mul(10) }, 500);
    expect([noise.shape, x.shape]).toEqual([
      [500, 1],
      [500, 1],
    ]);
    expect(values(x)).toEqual(values(noise).map((value) => 10 * value));
    expect(new Set(values(noise)).size).toBe(20);
    expect(() => randomPairs({ noise: rows, x: rows.concat(rows) }, 3)).toThrow(
      "noise has the shape [20, 1]; use [40, 1]",
    );
    expect(() => randomPairs({ noise: rows, x: rows }, 0)).toThrow("size is 0");
  });
});

test("a network that learns the pairs of a flow has straighter paths to the same samples", async () => {
  const pairs = await coupling(exact, randomNormal([4000, 2], 2), schedule, { times });
  const learned = trained(() => randomPairs(pairs, 256), 700);
  const noise = randomNormal<tf.Rank.R2>([1000, 2], 3);
  const [before, after] = [
    await straightness(exact, noise, schedule, { times }),
    await straightness(learned, noise, schedule, { times }),
  ];
  expect(before.relative).toBeGreaterThan(0.1);
  expect(after.relative).toBeLessThan(0.2 * before.relative);

  // What one step of Euler's method gives, against where the flow leads.
  const ends = await ddim(exact, noise, schedule, { times });
  const distance = async (denoise: Denoiser): Promise<number> => {
    const one = await ddim(denoise, noise, schedule, { times: [100, 0] });
    return one.sub(ends).norm("euclidean", 1).mean().dataSync()[0];
  };
  expect(await distance(learned)).toBeLessThan(0.3 * (await distance(exact)));
});

/** A small network's denoiser, after so many steps of flow matching on such pairs. */
function trained(draw: () => ReturnType<typeof randomPairs>, steps: number): Denoiser {
  setSeed(1);
  const network = mlp({ size: 2, steps: schedule.steps, width: 64, depth: 2, seed: 1 });
  const optimizer = adam(network.parameters, { learningRate: 2e-3 });
  const step = compile(() => {
    const { x, noise } = draw();
    const t = randomTimes(x.shape[0], schedule, { stratified: true });
    const { value, gradients } = valueAndGradients(
      () => denoisingLoss((z, t) => network.predict(z, t), x, schedule, { predicts: "flow", t, noise }),
      network.parameters,
    );
    optimizer.apply(gradients);
    return value;
  });
  for (let i = 0; i < steps; i++) step().dispose();
  step.dispose();
  return denoiserOf((z, t) => network.predict(z, t), "flow", schedule);
}
