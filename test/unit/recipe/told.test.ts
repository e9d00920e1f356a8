/** Recipes of networks that are told captions, or something of the sample itself. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ddim,
  diffusionModel,
  downsample,
  enlarged,
  foldIn,
  generate,
  loadDigits,
  loadModel,
  lowResolution,
  randomNormal,
  setSeed,
  tf,
  trainRecipe,
  wordTokenizer,
  type DiffusionModel,
  type DiffusionSettings,
  type LabelledImages,
  type UNetOptions,
} from "diffusion";
import { conditionsAt, knownConditions, partlyDropped } from "../../../src/recipe/known-conditions";
import { screen, tiny } from "./tiny";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const folder = mkdtempSync(join(tmpdir(), "told-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const tokenizer = wordTokenizer({ words: ["a", ...names], length: 4 });
const captioned = (split: "train" | "heldOut"): LabelledImages => {
  const digits = loadDigits({ split, count: 30 });
  return { ...digits, captions: Array.from(digits.labels, (label) => `a ${names[label]}`) };
};
const text = { vocabulary: tokenizer.vocabulary.length, length: 4, width: 8, heads: 2, depth: 1 };
const network = { size: 28, width: 4, multipliers: [1, 1], groups: 2 } satisfies Partial<UNetOptions>;
const told = (changes: Partial<DiffusionSettings> = {}): ReturnType<typeof tiny> =>
  tiny({
    data: () => ({ train: captioned("train"), heldOut: captioned("heldOut") }),
    network: { ...network, text },
    tokenizer: () => tokenizer,
    ...changes,
  });

function awake(recipe = told()): DiffusionModel {
  const made = recipe.network();
  made.parameters.forEach((parameter, i) => {
    parameter.assign(randomNormal(parameter.shape as [number], 100 + i).mul(0.3));
  });
  const { schedule, predicts } = recipe;
  return diffusionModel({ network: made, schedule, predicts, tokenizer: recipe.tokenizer() });
}

test("a caption goes with its image, and a share of them is dropped", () => {
  const { conditions } = unetOf();
  const all = knownConditions(captioned("train"), conditions, tokenizer);
  const some = conditionsAt(all, tf.tensor1d([4, 1, 4], "int32"));
  expect(values(some.tokens!)).toEqual([...tokenizer.encode(["a four", "a one", "a four"])]);
  expect(some.labels).toBeUndefined();
  setSeed(1);
  const many = conditionsAt(all, tf.range(0, 3000, 1, "int32").mod<tf.Tensor1D>(tf.scalar(30, "int32")));
  const dropped = partlyDropped(many, conditions, { all: 0.3 }).tokens!;
  const kept = values(dropped.equal(many.tokens!).all(1));
  const empty = values(dropped.equal(tf.tensor2d(tokenizer.encode([""]), [1, 4], "int32")).all(1));
  expect(kept.every((value, i) => value + empty[i] === 1)).toBe(true);
  expect(empty.reduce((sum, value) => sum + value) / 3000).toBeCloseTo(0.3, 1);
  expect(() => knownConditions({ labels: new Int32Array(3) }, conditions, tokenizer)).toThrow(
    "The network takes captions of 4 tokens, but there is no caption; give both.",
  );
});

function unetOf(): ReturnType<ReturnType<typeof tiny>["network"]> {
  return told().network();
}

test("is trained with captions, judged by samples of others', and loaded with its tokenizer", async () => {
  const judged: string[] = [];
  const recipe = told({
    judge: (samples, captions) => {
      judged.push(...captions);
      return { mean: samples.mean().dataSync()[0] };
    },
  });
  const { weights, evaluations } = await trainRecipe(recipe, {
    folder: join(folder, "captions"),
    precision: "float32",
    screen,
    evaluateEvery: 6,
  });
  expect(judged).toHaveLength(40);
  expect(judged.slice(0, 3)).toEqual(["a zero", "a one", "a two"]);
  expect(Number.isFinite(evaluations[0].numbers.mean)).toBe(true);
  const model = loadModel(recipe, { file: weights });
  expect(model.tokenizer?.vocabulary).toEqual(tokenizer.vocabulary);
  const other = told({ tokenizer: () => wordTokenizer({ words: ["b", ...names], length: 4 }) });
  expect(() => loadModel(other, { file: weights })).toThrow("vocabulary is");
});

describe("images by captions", () => {
  const model = awake();
  const options = { times: [50, 10, 0], seed: 3, sampler: ddim, screen, batch: 2 };

  test("are those of their tokens", async () => {
    const captions = ["a two", "a two", "a one"];
    const images = await generate(model, { ...options, captions });
    const z = tf.concat([2, 1].map((size, i) => randomNormal([size, 28, 28, 1], foldIn(3, 2 * i))));
    const tokens = tf.tensor2d(tokenizer.encode(captions), [3, 4], "int32");
    const expected = await ddim(model.denoiser({ tokens }), z, model.schedule, { times: [50, 10, 0] });
    expect(values(images)).toHaveLength(values(expected).length);
    values(images).forEach((value, i) => {
      expect(value).toBeCloseTo(values(expected)[i], 3);
    });
  });

  test("are led by them, and away from others", async () => {
    const captions = ["a two", "a four"];
    const plain = values(await generate(model, { ...options, captions }));
    const free = values(await generate(model, { ...options, captions: ["", ""] }));
    const by = async (gamma: number, negative?: string[]): Promise<number[]> =>
      values(
        await generate(model, {
          ...options,
          captions,
          guidance: { gamma, ...(negative && { negative: { captions: negative } }) },
        }),
      );
    expect(await by(1)).toEqual(plain);
    expect(free).not.toEqual(plain);
    expect(await by(0)).toEqual(values(await generate(model, { ...options, count: 2 })));
    expect(await by(0, ["a one", "a six"])).toEqual(
      values(await generate(model, { ...options, captions: ["a one", "a six"] })),
    );
    expect(await by(3, ["a one", "a six"])).not.toEqual(await by(3));
  });

  test("teach if they do not fit", async () => {
    await expect(generate(model, { ...options, captions: ["a tow"] })).rejects.toThrow(
      'has the word "tow", which is not among',
    );
    await expect(generate(model, { ...options, captions: ["a one"], count: 2 })).rejects.toThrow(
      "captions has 1 captions for 2 images; give one for each.",
    );
    await expect(generate(awake(tiny()), { ...options, captions: ["a one"] })).rejects.toThrow(
      "captions is given, but the model knows no captions.",
    );
    expect(() => model.denoiser({ guidance: { gamma: 2 } })).toThrow(
      "guidance is given, but no captions; give the caption that each sample is led to.",
    );
  });
});

test("guidance leads by captions alone; the conditional image is told to both models", () => {
  const model = awake(told({ network: { ...network, text, image: 1, vector: 1 } }));
  const z = randomNormal([2, 28, 28, 1], 1);
  const tokens = tf.tensor2d(tokenizer.encode(["a one", "a two"]), [2, 4], "int32");
  const negative = { tokens: tf.tensor2d(tokenizer.encode(["a six", ""]), [2, 4], "int32") };
  const beside = { image: randomNormal([2, 28, 28, 1], 2), vector: randomNormal([2, 1], 3) };
  const guess = (options: Parameters<typeof model.denoiser>[0]): number[] =>
    values(model.denoiser({ clip: false, ...beside, ...options })(z, 30));
  const [free, away, led] = [guess({}), guess(negative), guess({ tokens })];
  guess({ tokens, guidance: { gamma: 3 } }).forEach((value, i) => {
    expect(value).toBeCloseTo(-2 * free[i] + 3 * led[i], 3);
  });
  expect(guess({ tokens, guidance: { gamma: 0 } })).toEqual(free);
  guess({ tokens, guidance: { gamma: 3, negative } }).forEach((value, i) => {
    expect(value).toBeCloseTo(-2 * away[i] + 3 * led[i], 3);
  });
});

describe("a recipe that tells samples of themselves", () => {
  const { schedule } = tiny();
  const recipe = tiny({
    network: { ...network, image: 1, vector: 1 },
    derived: lowResolution({ schedule, mostNoise: 20 }),
  });

  test("is trained, and its network used with the same condition", async () => {
    const { weights } = await trainRecipe(recipe, {
      folder: join(folder, "derived"),
      precision: "float32",
      screen,
      evaluateEvery: 6,
    });
    const model = loadModel(recipe, { file: weights });
    const small = downsample(loadDigits({ count: 2 }).images, 2);
    const images = await generate(model, {
      ...{ times: [50, 10, 0], seed: 3, sampler: ddim, screen },
      condition: enlarged(small, 5, { schedule }),
    });
    expect(images.shape).toEqual([2, 28, 28, 1]);
    const others = tiny({
      network: { ...network, image: 1, vector: 1 },
      derived: lowResolution({ schedule, mostNoise: 21 }),
    });
    expect(() => loadModel(others, { file: weights })).toThrow("derived is");
  });
});
