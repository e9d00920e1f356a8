import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  accuracy,
  convertPrediction,
  ddim,
  describeImages,
  diffuse,
  diffusionModel,
  generate,
  loadClassifier,
  loadDigits,
  loadModel,
  randomNormal,
  shippedWeights,
  tf,
  type GenerateGuidance,
} from "diffusion";
import { screen, states, tiny } from "./tiny";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const folder = mkdtempSync(join(tmpdir(), "models-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A model whose network has been filled with numbers. */
function awake() {
  const { network: make, schedule, predicts } = tiny();
  const network = make();
  network.parameters.forEach((parameter, i) => {
    parameter.assign(randomNormal(parameter.shape as [number], 100 + i).mul(0.3));
  });
  return diffusionModel({ network, schedule, predicts });
}

describe("a model", () => {
  const model = awake();
  const { network, schedule } = model;
  const z = randomNormal([3, 28, 28, 1], 1);

  test("predicts as its network does, told a class or not", () => {
    const t = tf.tensor1d([1, 20, 50], "int32");
    const labels = tf.tensor1d([4, 0, 9], "int32");
    const expected = [network.predict(z, t), network.predict(z, t, { condition: { labels } })].map(values);
    [model.predictor()(z, t), model.predictor({ labels })(z, t)].forEach((found, i) => {
      values(found).forEach((value, j) => {
        expect(value).toBeCloseTo(expected[i][j], 3);
      });
    });
    expect(expected[0]).not.toEqual(expected[1]);
  });

  test("denoises within the range of images, unless it is asked not to", () => {
    const t = tf.fill([3], 30, "int32");
    const guess = convertPrediction(model.predictor()(z, t), { from: "v", to: "x", z, t, schedule });
    const free = values(model.denoiser({ clip: false })(z, 30));
    const kept = values(model.denoiser()(z, 30));
    expect(Math.max(...free.map(Math.abs))).toBeGreaterThan(1);
    values(guess).forEach((value, i) => {
      expect(free[i]).toBeCloseTo(value, 4);
      expect(kept[i]).toBeCloseTo(Math.min(1, Math.max(-1, value)), 4);
    });
  });

  describe("with classifier-free guidance", () => {
    const labels = tf.tensor1d([4, 0, 9], "int32");
    const guess = (options: Parameters<typeof model.denoiser>[0]): number[] =>
      values(model.denoiser({ clip: false, ...options })(z, 30));

    test("is the unconditional model for γ = 0 and the conditional one for γ = 1, exactly", () => {
      expect(guess({ labels, guidance: { gamma: 0 } })).toEqual(guess({}));
      expect(guess({ labels, guidance: { gamma: 1 } })).toEqual(guess({ labels }));
    });

    test("goes from one through the other, both in one batch", () => {
      const [free, led] = [guess({}), guess({ labels })];
      guess({ labels, guidance: { gamma: 3 } }).forEach((value, i) => {
        expect(value).toBeCloseTo(-2 * free[i] + 3 * led[i], 3);
      });
    });

    test("leads away from a negative class", () => {
      const negative = tf.tensor1d([1, 2, 3], "int32");
      const [away, led] = [guess({ labels: negative }), guess({ labels })];
      guess({ labels, guidance: { gamma: 2, negative: { labels: negative } } }).forEach((value, i) => {
        expect(value).toBeCloseTo(-away[i] + 2 * led[i], 3);
      });
      expect(guess({ labels, guidance: { gamma: 0, negative: { labels: negative } } })).toEqual(away);
    });

    test("needs classes", () => {
      expect(() => model.denoiser({ guidance: { gamma: 2 } })).toThrow(
        "guidance is given, but no labels; give the class that each sample is led to.",
      );
    });

    test("is what images are generated with", async () => {
      const options = { labels: [1, 7, 3], batch: 2, times: [50, 10, 0], seed: 3, sampler: ddim, screen };
      const images = async (guidance: GenerateGuidance): Promise<number[]> =>
        values(await generate(model, { ...options, guidance }));
      const plain = values(await generate(model, options));
      expect(await images({ gamma: 1 })).toEqual(plain);
      expect(await images({ gamma: 3 })).not.toEqual(plain);
      const away = values(await generate(model, { ...options, labels: [5, 5, 2] }));
      expect(await images({ gamma: 0, negative: { labels: [5, 5, 2] } })).toEqual(away);
      await expect(images({ gamma: 3, negative: { labels: [5] } })).rejects.toThrow(
        "guidance.negative.labels has 1 classes for 3 images; give one for each.",
      );
    });
  });

  test("generates as many images as are asked for, some at a time, with progress", async () => {
    const options = { count: 5, batch: 2, times: [50, 20, 5, 0], seed: 3, screen };
    states.length = 0;
    const images = await generate(model, options);
    expect(images.shape).toEqual([5, 28, 28, 1]);
    expect(states.at(-1)).toMatchObject({ label: "5 samples", step: 9, total: 9, status: "done" });
    expect(values(await generate(model, options))).toEqual(values(images));
    expect(values(await generate(model, { ...options, seed: 4 }))).not.toEqual(values(images));
    const first = values(images.slice(0, 2));
    expect(values(await generate(model, { ...options, count: 2 }))).toEqual(first);
  });

  test("each image has the class that is asked for it, whatever the batches", async () => {
    const options = { batch: 2, times: [50, 10, 0], seed: 3, sampler: ddim, screen };
    const images = values(await generate(model, { ...options, labels: [1, 7, 3] }));
    const other = values(await generate(model, { ...options, labels: [1, 7, 4] }));
    expect(other.slice(0, 2 * 784)).toEqual(images.slice(0, 2 * 784));
    expect(other.slice(2 * 784)).not.toEqual(images.slice(2 * 784));
  });

  test("what does not fit is named", async () => {
    await expect(generate(model, { screen })).rejects.toThrow("count is 0");
    await expect(generate(model, { count: 3, labels: [1, 2], screen })).rejects.toThrow(
      "labels has 2 classes for 3 images; give one for each.",
    );
  });
});

describe("the weights that come with the course", () => {
  test.each(["digits", "digit-classifier", "noisy-digit-classifier"])("%s takes at most 12 MB", (name) => {
    expect(statSync(shippedWeights(name)).size).toBeLessThan(12e6);
  });

  test("the classifier knows digits that it has never seen", async () => {
    const { images, labels } = loadDigits({ split: "heldOut" });
    const { probabilities, features } = await describeImages(loadClassifier("digit-classifier"), images);
    expect(features.shape).toEqual([labels.length, 64]);
    expect(accuracy(probabilities, labels)).toBeGreaterThan(0.99);
    const some = await describeImages(loadClassifier("digit-classifier"), images.slice(100, 7), { batch: 3 });
    values(some.probabilities).forEach((value, i) => {
      expect(value).toBeCloseTo(values(probabilities.slice(100, 7))[i], 4);
    });
  });

  test("the noisy classifier knows digits through noise, where the clean one is lost", async () => {
    const { images, labels } = loadDigits({ split: "heldOut", count: 200 });
    const { schedule } = loadModel("digits");
    const noisy = loadClassifier("noisy-digit-classifier");
    const right = async (at: number, told: boolean): Promise<number> => {
      const z = diffuse(images, at, schedule, { seed: 1 });
      const t = tf.fill<tf.Rank.R1>([200], at, "int32");
      const judge = told ? noisy : loadClassifier("digit-classifier");
      const { probabilities } = await describeImages(judge, z, told ? { t } : {});
      return accuracy(probabilities, labels);
    };
    expect(await right(400, true)).toBeGreaterThan(0.96);
    expect(await right(2400, true)).toBeGreaterThan((await right(2400, false)) + 0.2);
    // At T nothing can be seen.
    expect(await right(4000, true)).toBeLessThan(0.25);
  });

  test("guided digits are of their class more often", async () => {
    const model = loadModel("digits");
    const judge = loadClassifier("digit-classifier");
    const labels = Array.from({ length: 60 }, (_, i) => i % 10);
    const right = async (gamma: number): Promise<number> => {
      const images = await generate(model, { labels, guidance: { gamma }, seed: 3, screen });
      return accuracy((await describeImages(judge, images)).probabilities, labels);
    };
    expect(await right(2)).toBeGreaterThan(0.98);
    expect(await right(0)).toBeLessThan(0.3);
  });

  test("digits are of the class that is asked for, and of all classes if none is", async () => {
    const model = loadModel("digits");
    const judge = loadClassifier("digit-classifier");
    const labels = Array.from({ length: 50 }, (_, i) => i % 10);
    const given = await describeImages(judge, await generate(model, { labels, seed: 1, screen }));
    expect(accuracy(given.probabilities, labels)).toBeGreaterThanOrEqual(0.94);
    const free = await describeImages(judge, await generate(model, { count: 50, seed: 2, screen }));
    expect(new Set(values(free.probabilities.argMax(1))).size).toBeGreaterThanOrEqual(8);
  });

  test("a damaged file, another recipe's and a missing one are named", () => {
    const file = join(folder, "damaged.safetensors");
    const bytes = readFileSync(shippedWeights("digits"));
    bytes[bytes.length - 100] ^= 1;
    writeFileSync(file, bytes);
    const before = tf.memory().numTensors;
    expect(() => loadModel("digits", { file })).toThrow("damaged");
    expect(() => loadModel("digits-small", { file: shippedWeights("digits") })).toThrow(
      /has weights of other settings than the recipe "digits-small": recipe is "digits" instead of "digits-small"/,
    );
    expect(() => loadModel("digits", { file: join(folder, "nowhere") })).toThrow("nowhere");
    expect(() => loadModel("letters" as "digits")).toThrow(
      'There is no recipe "letters" here; use one of digits, digits-small, digits-v, digits-flow, world, ',
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
