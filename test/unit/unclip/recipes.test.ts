/** How prior and decoder learn: with a small pair, and pictures of one colour each. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  diffusionRecipes,
  generate,
  imageEmbedding,
  loadModel,
  loadPrior,
  pairRecipes,
  priorRecipe,
  priorRecipes,
  randomNormal,
  recipes,
  samplePrior,
  scaledEmbedding,
  setSeed,
  shippedPair,
  tf,
  trainRecipe,
  type Condition,
  type DiffusionSettings,
  type LabelledImages,
  type PriorRecipe,
  type PriorSettings,
  type TrainedPair,
} from "diffusion";
import { byName } from "../../../src/network/by-name";
import { beginningDetails, beginWith } from "../../../src/recipe/beginning";
import { conditionsAt, partlyDropped } from "../../../src/recipe/known-conditions";
import { tiny } from "../recipe/tiny";
import { awake, features, schedule, screen, tinyDecoder, tinyPair, tokenizer, values } from "./tiny";

const base = mkdtempSync(join(tmpdir(), "unclip-"));
afterAll(() => {
  rmSync(base, { recursive: true });
});

const network = awake(tinyPair());
const pair: TrainedPair = {
  details: { pair: "tiny", weights: "1" },
  tokenizer: () => tokenizer,
  network: () => network,
};
const data = (): Required<LabelledImages> => ({
  images: tf.tidy(() => tf.tile(tf.linspace(-1, 1, 8).reshape<tf.Tensor4D>([8, 1, 1, 1]), [1, 8, 8, 1])),
  captions: ["red", "blue", "dot", "two", "red dot", "blue dot", "two red", "two blue"],
  labels: new Int32Array(8),
});

const tinyPriorRecipe = (changes: Partial<PriorSettings> = {}): PriorRecipe =>
  priorRecipe({
    name: "tiny-prior",
    about: "for tests",
    pair,
    data: () => ({ train: data(), heldOut: data() }),
    network: {
      features,
      text: { vocabulary: tokenizer.vocabulary.length, length: 4 },
      width: 32,
      depth: 1,
      heads: 2,
    },
    schedule,
    learningRate: { peak: 1e-2, warmup: 10 },
    decay: 0.95,
    unlabelled: 0.1,
    batch: 32,
    steps: 150,
    ...changes,
  });

test("a prior learns to make the embeddings of images from captions; what it has learned can be loaded", async () => {
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const { evaluations, losses, weights } = await trainRecipe(tinyPriorRecipe(), {
    folder: join(base, "prior"),
    precision: "float32",
    screen,
    evaluateEvery: 150,
  });
  // Each step is one program, traced once; otherwise there would be a warning.
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
  // It begins by predicting 0, and numbers of scaled embeddings have the mean square 1.
  expect(losses[0]).toBeCloseTo(1, 3);
  const { numbers } = evaluations[0];
  expect(numbers["held-out loss"]).toBeLessThan(0.2);
  expect(numbers["cosine of sample and image"]).toBeGreaterThan(0.95);
  expect(numbers["cosine of sample and image"]).toBeGreaterThan(numbers["cosine of caption and image"] + 0.1);
  expect(Object.keys(numbers).slice(-2)).toEqual(["samples find images", "captions find images"]);

  const prior = loadPrior(tinyPriorRecipe(), { file: weights });
  const { captions, images } = data();
  const samples = await samplePrior({ pair: { network, tokenizer }, prior }, captions, { seed: 1, screen });
  const cosine = samples.mul(network.embedImages(images)).sum(1).mean().dataSync()[0];
  expect(cosine).toBeGreaterThan(0.95);
  const others = tinyPriorRecipe({ pair: { ...pair, details: { pair: "tiny", weights: "2" } } });
  expect(() => loadPrior(others, { file: weights })).toThrow(
    'other settings than the recipe "tiny-prior": pair is {"pair":"tiny","weights":"1"} instead of {"pair":"tiny","weights":"2"}',
  );
});

test("a prior's training repeats with its seed, and leaves no tensor", async () => {
  const run = async (): Promise<number[]> => {
    setSeed(5);
    const made = await tinyPriorRecipe().start("float32");
    const losses = [1, 2, 3].map((i) => tf.tidy(() => made.step(i).dataSync()[0]));
    made.dispose();
    return losses;
  };
  const first = await run();
  const before = tf.memory().numTensors;
  expect(await run()).toEqual(first);
  expect(tf.memory().numTensors).toBe(before);
});

describe("an image's own embedding as a condition", () => {
  const embedded = imageEmbedding(pair);
  const settings = {
    name: "tiny-decoder",
    data: () => ({ train: data(), heldOut: data() }),
    network: { size: 8, width: 4, multipliers: [1, 1], groups: 2, vector: features },
    derived: embedded,
    schedule,
    stages: [{ steps: 4, peak: 1e-2, warmup: 2, unlabelled: 0.1 }],
  } satisfies Partial<DiffusionSettings>;
  const recipe = tiny(settings);

  test("is that of the pair, scaled to numbers of mean square 1", () => {
    const { images } = data();
    const { vector } = embedded.of(images);
    expect(values(vector!)).toEqual(values(scaledEmbedding(network.embedImages(images))));
    for (const square of values(vector!.square().mean(1))) expect(square).toBeCloseTo(1, 4);
    expect(embedded.details).toEqual({ condition: "image embedding", pair: "tiny", weights: "1" });
  });

  test("trains a decoder, which is loaded with the same pair alone", async () => {
    const { weights } = await trainRecipe(recipe, {
      folder: join(base, "decoder"),
      precision: "float32",
      screen,
      evaluateEvery: 4,
    });
    const model = loadModel(recipe, { file: weights });
    const images = await generate(model, {
      condition: embedded.of(data().images),
      times: [50, 10, 0],
      screen,
    });
    expect(images.shape).toEqual([8, 8, 8, 1]);
    const details = { pair: "tiny", weights: "2" };
    const others = tiny({ ...settings, derived: imageEmbedding({ ...pair, details }) });
    expect(() => loadModel(others, { file: weights })).toThrow("derived is");
  });

  test("is asked for before the first step", async () => {
    const missing = imageEmbedding({
      details: {},
      network: () => {
        throw new Error("not there");
      },
    });
    const broken = tiny({
      network: { size: 8, width: 4, multipliers: [1, 1], groups: 2, vector: 6 },
      derived: missing,
    });
    await expect(broken.start("float32")).rejects.toThrow("not there");
  });
});

test("a share of vectors is dropped, with class and caption of the same samples", () => {
  setSeed(1);
  const all: Condition = {
    vector: tf.ones([3000, 2]),
    tokens: tf.tile(tf.tensor2d([1, 3, 0], [1, 3], "int32"), [3000, 1]),
    labels: tf.zeros([3000], "int32"),
  };
  const { vector, tokens, labels } = partlyDropped(
    all,
    { classes: 4, vector: 2, image: 0, tokens: 3 },
    { all: 0.2 },
  );
  const kept = values(vector!.slice([0, 0], [3000, 1]));
  expect(values(vector!)).toEqual(kept.flatMap((value) => [value, value]));
  expect(values(tokens!)).toEqual(kept.flatMap((value) => (value ? [1, 3, 0] : [1, 0, 0])));
  expect(values(labels!)).toEqual(kept.map((value) => (value ? 0 : 4)));
  const share = 1 - kept.reduce((sum, value) => sum + value) / 3000;
  // 5 standard errors.
  expect(Math.abs(share - 0.2)).toBeLessThan(5 * Math.sqrt((0.2 * 0.8) / 3000));
  const rows = conditionsAt({ vector: tf.tensor2d([1, 2, 3], [3, 1]) }, tf.tensor1d([2, 0], "int32"));
  expect(values(rows.vector!)).toEqual([3, 1]);
});

test("of samples that are not dropped altogether, a share is shown without its caption alone", () => {
  setSeed(1);
  const all: Condition = {
    vector: tf.ones([3000, 2]),
    tokens: tf.tile(tf.tensor2d([1, 3, 0], [1, 3], "int32"), [3000, 1]),
  };
  const sizes = { classes: 0, vector: 2, image: 0, tokens: 3 };
  const { vector, tokens } = partlyDropped(all, sizes, { all: 0.2, captions: 0.5 });
  const [kept, read] = [vector!, tokens!].map((given) =>
    values(given.slice([0, 1], [3000, 1])).map((value) => value > 0),
  );
  const share = (of: (i: number) => boolean): number => kept.filter((_, i) => of(i)).length / 3000;
  expect(share((i) => read[i] && !kept[i])).toBe(0);
  // Within 5 standard errors, of at most 0.5 / √3000.
  for (const [found, expected] of [
    [share((i) => !kept[i]), 0.2],
    [share((i) => kept[i] && !read[i]), 0.4],
    [share((i) => read[i]), 0.4],
  ]) {
    expect(Math.abs(found - expected)).toBeLessThan(5 * (0.5 / Math.sqrt(3000)));
  }
});

test("guidance leads by a vector if there is a negative one, and not otherwise", () => {
  const model = tinyDecoder();
  const z = randomNormal([2, 8, 8, 1], 1);
  const vector = randomNormal([2, features], 2);
  const negative = { vector: randomNormal([2, features], 3) };
  const guess = (options: Parameters<typeof model.denoiser>[0]): number[] =>
    values(model.denoiser({ clip: false, ...options })(z, 30));
  const [led, away, free] = [guess({ vector }), guess(negative), guess({})];
  guess({ vector, guidance: { gamma: 3, negative } }).forEach((value, i) => {
    expect(value).toBeCloseTo(-2 * away[i] + 3 * led[i], 3);
  });
  expect(guess({ vector, guidance: { gamma: 0, negative: { vector: tf.zeros([2, features]) } } })).toEqual(
    free,
  );
  expect(guess({ vector, guidance: { gamma: 1, negative } })).toEqual(led);
  expect(() => guess({ vector, guidance: { gamma: 3 } })).toThrow(
    "guidance is given, but no vector with a negative one; give both, such as zeros for all data.",
  );
  expect(() => guess({ guidance: { gamma: 3, negative } })).toThrow("but no vector with a negative one");
});

describe("the recipes of the course", () => {
  const world = pairRecipes["world-pair"].network();
  const prior = priorRecipes["world-prior"];
  const decoder = diffusionRecipes["world-decoder"];

  test("have networks for the space and the captions of their pair", () => {
    const network = prior.network();
    expect(network.shape).toEqual([world.features]);
    expect(network.conditions.tokens).toBe(world.length);
    const table = network.parameters[network.names.indexOf("words/table")];
    expect(table.shape[0]).toBe(prior.pair.tokenizer().vocabulary.length);
    expect(decoder.network().conditions.vector).toBe(world.features);
    expect([recipes["world-prior"], recipes["world-decoder"]]).toEqual([prior, decoder]);
  });

  test("cost hardly more than `world` does", () => {
    const most = diffusionRecipes.world.network();
    expect(decoder.network().flops).toBeLessThan(most.flops * 1.05);
    expect(decoder.network().parameterCount).toBeLessThan(most.parameterCount * 1.3);
    expect(prior.network().flops).toBeLessThan(most.flops / 10);
  });

  test("the decoder begins as `world` is, with what is new beside it", () => {
    const [network, learned] = [decoder.network(), loadModel("world").network];
    beginWith(network, diffusionRecipes.world);
    const own = byName(network, network.parameters);
    learned.names.forEach((name, i) => {
      expect({ name, same: own[name].equal(learned.parameters[i]).all().dataSync()[0] }).toEqual({
        name,
        same: 1,
      });
    });
    const others = network.names.filter((name) => !learned.names.includes(name));
    expect(others.every((name) => name.startsWith("vector/"))).toBe(true);
    const less = { names: learned.names.slice(1), parameters: learned.parameters.slice(1) };
    expect(() => {
      beginWith(less, diffusionRecipes.world);
    }).toThrow(`"world" has a parameter "${learned.names[0]}", which the network to be trained has not.`);
    expect(() => {
      beginWith(tinyDecoder().network, diffusionRecipes.world);
    }).toThrow('of "world" has the shape');
    const away = { ...diffusionRecipes.world, name: "nowhere" };
    expect(() => {
      beginWith(network, away);
    }).toThrow(/is missing.*npm run train -- nowhere --ship/);
    expect(beginningDetails(away)).toEqual({ recipe: "nowhere", weights: null });
  });

  test("a pair that is not there is named, with the command that makes it", () => {
    const missing = shippedPair({ ...pairRecipes["world-pair"], name: "nowhere-pair" });
    expect(missing.details).toEqual({ pair: "nowhere-pair", weights: null });
    expect(() => missing.network()).toThrow(
      /There are no weights of "nowhere-pair".*is missing. `npm run train -- nowhere-pair --ship` makes them./,
    );
  });
});
