import {
  ancestral,
  betaVariance,
  classGradient,
  classifier,
  classifierFree,
  classifierGuided,
  convertPrediction,
  ddim,
  exactDenoiser,
  guidedMean,
  linearSchedule,
  posteriorVariance,
  posteriorWeights,
  randomNormal,
  tf,
  type ClassGradient,
  type Denoiser,
  type Point,
} from "diffusion";
import { schedule, world } from "./world";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const points: readonly Point[] = [
  [-1.5, 0.3],
  [0.1, 0.2],
  [1.2, -0.8],
  [2, 2],
];
const z = tf.tensor2d(points.map((point) => [...point]));

function expectNear(found: ArrayLike<number>, expected: ArrayLike<number>, error: number): void {
  expect(found).toHaveLength(expected.length);
  Array.from(found).forEach((value, i) => {
    expect(Math.abs(value - expected[i])).toBeLessThan(error);
  });
}

/** ∂ log P(c | z_t)/∂z_t of the perfect classifier, from the mixture's scores. */
const exactGradient =
  (label: number): ClassGradient =>
  (at, t) =>
    tf.tensor2d(
      (at.arraySync() as [number, number][]).map((point) => {
        const [own, all] = [world.ofClass[label], world.all].map((each) => each.score(point, t, schedule));
        return [own[0] - all[0], own[1] - all[1]];
      }),
    );

const denoise = exactDenoiser(world.all, schedule);

describe("x̂ with classifier guidance", () => {
  test.each([1, 300, 700, 950])("has the lecture's score at t = %d", (t) => {
    const gradient = exactGradient(0);
    const guess = classifierGuided(denoise, gradient, schedule, { gamma: 2.5 })(z, t);
    const noise = convertPrediction(guess, { from: "x", to: "noise", z, t, schedule });
    const deviation = Math.sqrt(1 - schedule.alpha[t]);
    const ahead = values(gradient(z, t));
    const expected = points.flatMap((point) => [...world.all.score(point, t, schedule)]);
    const scale = Math.max(...expected.map(Math.abs));
    expectNear(
      values(noise).map((value) => -value / deviation),
      expected.map((value, i) => value + 2.5 * ahead[i]),
      2e-4 * (scale + 1 / deviation),
    );
  });

  test.each([300, 700, 950])("of a perfect classifier is classifier-free guidance at t = %d", (t) => {
    const led = classifierGuided(denoise, exactGradient(1), schedule, { gamma: 3 })(z, t);
    const conditional = exactDenoiser(world.ofClass[1], schedule);
    const free = classifierFree({ conditional, unconditional: denoise }, { gamma: 3 })(z, t);
    expectNear(values(led), values(free), 1e-3);
  });

  test("is the model itself for γ = 0, with no call of the classifier", () => {
    const never: ClassGradient = () => {
      throw new Error("called");
    };
    const guided = classifierGuided(denoise, never, schedule, { gamma: (t) => (t < 600 ? 0 : 1) });
    expect(values(guided(z, 500))).toEqual(values(denoise(z, 500)));
    expect(() => guided(z, 700)).toThrow("called");
  });

  test("cannot be where nothing is left of the data, nor with a gradient of another shape", () => {
    const dead = { ...schedule, alpha: schedule.alpha.map((value, t) => (t === 1000 ? 0 : value)) };
    const flat: Denoiser = (at) => at.mul(0);
    expect(() => classifierGuided(flat, exactGradient(0), dead)(z, 1000)).toThrow(
      "At t = 1000 nothing is left of the data",
    );
    expect(() => classifierGuided(flat, () => tf.zeros([4]), schedule)(z, 10)).toThrow(
      "The class gradient has the shape [4]; use [4, 2].",
    );
  });
});

describe("a step of ancestral sampling", () => {
  const linear = linearSchedule(40);
  const gradient: ClassGradient = (at, t) => at.square().mul(0.1 + t / 100);
  const guess: Denoiser = (at) => at.mul(0.3);
  const [t, s] = [30, 29];
  const noise = randomNormal(z.shape, 4);
  const step = async (denoiser: Denoiser, options = {}): Promise<number[]> =>
    values(await ancestral(denoiser, z, linear, { times: [t, s], noise: () => noise, ...options }));
  const ahead = (at: readonly number[], time: number): number[] =>
    at.map((value) => value ** 2 * (0.1 + time / 100));

  test("has its mean shifted by γ β_t/√(1-β_t) times the gradient", async () => {
    const plain = await step(guess);
    const led = await step(classifierGuided(guess, gradient, linear, { gamma: 2 }));
    const shift = (2 * linear.beta[t]) / Math.sqrt(1 - linear.beta[t]);
    const expected = ahead(values(z), t).map((value, i) => plain[i] + shift * value);
    expectNear(led, expected, 1e-5);
  });

  test.each([
    ["β", betaVariance],
    ["the posterior's variance", posteriorVariance],
  ])("or by γ σ_t² times the gradient at z_t, as the lecture has it: %s", async (_, variance) => {
    const plain = await step(guess, { variance });
    const led = await step(guess, { variance, shift: guidedMean(gradient, { gamma: 2 }) });
    const size = 2 * variance(t, linear, s);
    expectNear(
      led,
      ahead(values(z), t).map((value, i) => plain[i] + size * value),
      1e-6,
    );
  });

  test("or at the mean, at the time that it is for", async () => {
    const weights = posteriorWeights(t, linear, s);
    const mean = values(z).map((value) => (weights.z + 0.3 * weights.x) * value);
    const plain = await step(guess);
    const led = await step(guess, { shift: guidedMean(gradient, { gamma: () => 2, at: "mean" }) });
    const size = 2 * linear.beta[t];
    expectNear(
      led,
      ahead(mean, s).map((value, i) => plain[i] + size * value),
      1e-6,
    );
  });
});

test("a step of DDIM is algorithm 2 of Dhariwal & Nichol", async () => {
  const linear = linearSchedule(40);
  const gradient: ClassGradient = (at) => at.square();
  const guess: Denoiser = (at) => at.mul(0.3);
  const [t, s] = [30, 20];
  const guided = classifierGuided(guess, gradient, linear, { gamma: 0.5 });
  const found = values(await ddim(guided, z, linear, { times: [t, s] }));
  const [a, b] = [linear.alpha[t], linear.alpha[s]];
  const expected = values(z).map((value) => {
    const noise =
      (value - Math.sqrt(a) * 0.3 * value) / Math.sqrt(1 - a) - 0.5 * Math.sqrt(1 - a) * value ** 2;
    return Math.sqrt(b / a) * (value - Math.sqrt(1 - a) * noise) + Math.sqrt(1 - b) * noise;
  });
  expectNear(found, expected, 1e-5);
});

describe("the gradient of a classifier", () => {
  const [small, levels] = [{ width: 4, groups: 2, features: 5, seed: 1 }, [1, 2]];
  const network = classifier({ size: 4, classes: 3, steps: 50, multipliers: levels, ...small });
  // Blocks begin as if they were not there; filled with numbers, the time matters.
  network.parameters.forEach((parameter, i) => {
    parameter.assign(randomNormal(parameter.shape as [number], 100 + i).mul(0.3));
  });
  const logits = (at: tf.Tensor, t: tf.Tensor): tf.Tensor2D => network.classify(at, { t }).logits;
  const images = randomNormal([2, 4, 4, 1], 2);
  const labels = tf.tensor1d([2, 0], "int32");
  const gradient = classGradient(logits, labels);

  /** log P(c | z_t) of each image. */
  const logProbabilities = (at: tf.Tensor, t: number): number[] => {
    const rows = tf.logSoftmax(logits(at, tf.fill([2], t, "int32"))).arraySync();
    return [rows[0][2], rows[1][0]];
  };

  test("agrees with finite differences, pixel by pixel", () => {
    const found = values(gradient(images, 20));
    const size = 0.02;
    for (let pixel = 0; pixel < 16; pixel++) {
      const bump = tf
        .oneHot(tf.tensor1d([pixel, pixel], "int32"), 16)
        .reshape([2, 4, 4, 1])
        .mul(size);
      const [up, down] = [images.add(bump), images.sub(bump)].map((at) => logProbabilities(at, 20));
      for (const image of [0, 1]) {
        const expected = (up[image] - down[image]) / (2 * size);
        expect(Math.abs(found[16 * image + pixel] - expected)).toBeLessThan(2e-3);
      }
    }
    expect(Math.max(...found.map(Math.abs))).toBeGreaterThan(0.02);
  });

  test("depends on the time, and keeps no tensor but its result", () => {
    gradient(images, 1).dispose();
    const before = tf.memory().numTensors;
    const early = gradient(images, 1);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(values(early)).not.toEqual(values(gradient(images, 50)));
  });

  test("says so where labels do not fit", () => {
    expect(() => gradient(randomNormal([3, 4, 4, 1], 2), 1)).toThrow("labels has the shape [2]; use [3].");
    expect(() => classGradient(logits, tf.tensor1d([1, 2]))).toThrow(
      "labels is a tensor of float32; use int32",
    );
  });
});
