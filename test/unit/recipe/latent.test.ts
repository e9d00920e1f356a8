/** Autoencoders, and diffusion in their latents. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  autoencoderRecipe,
  autoencoderRecipes,
  classifierRecipe,
  codeBottleneck,
  ddim,
  foldIn,
  generate,
  loadAutoencoder,
  loadCheckpoint,
  loadModel,
  normalBottleneck,
  randomNormal,
  recipes,
  setSeed,
  tf,
  trainRecipe,
  wordTokenizer,
  type AutoencoderRecipe,
  type AutoencoderSettings,
  type DiffusionRecipe,
  type DiffusionSettings,
  type LabelledImages,
  type RecipeData,
} from "diffusion";
import { screen, tiny } from "./tiny";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const base = mkdtempSync(join(tmpdir(), "latent-"));
afterAll(() => {
  rmSync(base, { recursive: true });
});

/** Pictures of 8 × 8 pixels, of one smooth colour each, with a brighter half: the class tells which. */
function painted(count: number, seed: number): LabelledImages {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const images = tf.tidy(() => {
    const colours = randomNormal<tf.Rank.R4>([count, 1, 1, 3], seed).mul(0.3);
    const ramp = tf.range(0, 8).less(4).cast("float32").mul(0.5).reshape([1, 1, 8, 1]);
    const sign = tf
      .tensor1d([...labels])
      .mul(2)
      .sub(1)
      .reshape([count, 1, 1, 1]);
    return tf.tile(colours, [1, 8, 8, 1]).add(ramp.mul(sign)).clipByValue(-1, 1) as tf.Tensor4D;
  });
  return { images, labels };
}
const data = (): RecipeData => ({ train: painted(60, 1), heldOut: painted(20, 2) });

const coder = (changes: Partial<AutoencoderSettings> = {}): AutoencoderRecipe =>
  autoencoderRecipe({
    name: "tiny-coder",
    about: "for tests",
    data,
    network: {
      ...{ size: 8, channels: 3, width: 8, multipliers: [1, 2], groups: 4 },
      bottleneck: normalBottleneck({ channels: 2 }),
    },
    learningRate: { peak: 1e-2, warmup: 1 },
    decay: 0.8,
    batch: 8,
    steps: 120,
    ...changes,
  });
const codes = { network: { ...networkOf(), bottleneck: codeBottleneck({ channels: 2, codes: 8 }) } };
function networkOf(): Omit<AutoencoderSettings["network"], "bottleneck"> {
  return { size: 8, channels: 3, width: 8, multipliers: [1, 2], groups: 4 };
}

type Trained = ReturnType<typeof trainRecipe>;
const trained = (recipe: Parameters<typeof trainRecipe>[0], name: string, evaluateEvery = 120): Trained =>
  trainRecipe(recipe, { folder: join(base, name), precision: "float32", screen, evaluateEvery });

test("learns to give images back; what it has learned can be loaded, with the scale of its latents", async () => {
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const { losses, evaluations, weights: file } = await trained(coder(), "coder");
  // Each step is one program, traced once; otherwise there would be a warning.
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
  expect(losses[119]).toBeLessThan(losses[0] / 2);
  const { numbers } = evaluations.at(-1)!;
  expect(Object.keys(numbers)).toEqual(["held-out PSNR", "detail kept", "KL, bits per latent number"]);
  expect(numbers["held-out PSNR"]).toBeGreaterThan(15);
  const space = loadAutoencoder(coder(), { file });
  const { images } = painted(60, 1);
  const { mean, variance } = tf.moments(space.encode(images), [0, 1, 2]);
  // float16 rounds what the file holds.
  for (const value of values(mean)) expect(Math.abs(value)).toBeLessThan(0.02);
  for (const value of values(variance)) expect(Math.abs(value - 1)).toBeLessThan(0.02);
  const error = tf.tidy(() => values(space.decode(space.encode(images)).sub(images).square().mean())[0]);
  expect(10 * Math.log10(4 / error)).toBeGreaterThan(15);
});

test("codes: stopped and run again, training comes to the same bit for bit, counts and scale, too", async () => {
  const recipe = coder({ ...codes, steps: 8 });
  const straight = await trained(recipe, "straight", 4);
  const controller = new AbortController();
  const first = trainRecipe(recipe, {
    ...{ folder: join(base, "broken"), precision: "float32", screen, evaluateEvery: 4 },
    signal: controller.signal,
    callback: ({ step }) => {
      if (step === 4) controller.abort();
    },
  });
  await expect(first).rejects.toThrow("Stopped after step 4, which is saved.");
  setSeed(99);
  const rest = await trained(recipe, "broken", 4);
  expect([...rest.losses]).toEqual([...straight.losses]);
  const [one, other] = [straight, rest].map(({ weights }) => loadCheckpoint(weights).tensors);
  expect(Object.keys(one)).toEqual(
    expect.arrayContaining(["codes/shares", "codes/table", "latents/deviation"]),
  );
  for (const name of Object.keys(one)) expect(values(other[name])).toEqual(values(one[name]));
  expect(rest.evaluations.at(-1)!.numbers["code perplexity"]).toBeGreaterThanOrEqual(1);
  expect(() => loadAutoencoder(coder(), { file: rest.weights })).toThrow("other settings");
});

test("frees what it has made", async () => {
  await trained(coder({ ...codes, steps: 2 }), "memory warm-up", 2);
  const before = tf.memory().numTensors;
  await trained(coder({ ...codes, steps: 2 }), "memory", 2);
  expect(tf.memory().numTensors).toBe(before);
});

test("learns by a classifier that does not learn", async () => {
  const judge = classifierRecipe({
    ...{ name: "tiny-judge", about: "for tests", data, batch: 8, steps: 2 },
    network: { size: 8, channels: 3, classes: 2, width: 8, multipliers: [1, 1], groups: 4 },
    learningRate: { peak: 1e-2, warmup: 1 },
  });
  const { weights: file } = await trained(judge, "judge", 2);
  const plain = await trained(coder({ steps: 2 }), "plain", 2);
  const recipe = coder({ steps: 2, perceptual: { classifier: judge, weight: 2, file } });
  const { losses } = await trained(recipe, "perceptual", 2);
  expect(losses[0]).toBeGreaterThan(plain.losses[0]);
  expect(recipe.settings.perceptual).toEqual({ classifier: "tiny-judge", weight: 2 });
});

describe("diffusion in latents", () => {
  const network: DiffusionSettings["network"] = {
    ...{ size: 4, channels: 2, width: 4, multipliers: [1, 1], groups: 2, classes: 2 },
  };
  const brief = coder({ steps: 20 });
  let file = "";
  const latent = (changes: Partial<DiffusionSettings> = {}): DiffusionRecipe =>
    tiny({ data, network, latent: { autoencoder: brief, file }, ...changes });
  beforeAll(async () => {
    ({ weights: file } = await trained(brief, "brief", 20));
  });

  test("learns encoded data, shows images, and generates them, decoded, by class and with guidance", async () => {
    const { weights, evaluations } = await trained(latent(), "diffusion", 3);
    expect(evaluations.at(-1)!.numbers["held-out loss"]).toBeGreaterThan(0);
    const model = loadModel(latent(), { file: weights });
    expect(model.imageShape).toEqual([8, 8, 3]);
    const options = { labels: [0, 1, 1], times: [50, 10, 0], seed: 3, sampler: ddim, screen };
    const images = await generate(model, options);
    expect(images.shape).toEqual([3, 8, 8, 3]);
    const z = randomNormal([3, 4, 4, 2], foldIn(3, 0));
    const labels = tf.tensor1d([0, 1, 1], "int32");
    const samples = await ddim(model.denoiser({ labels }), z, model.schedule, { times: [50, 10, 0] });
    expect(samples.shape).toEqual([3, 4, 4, 2]);
    const expected = values(model.latent!.decode(samples));
    values(images).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 3);
    });
    const led = await generate(model, { ...options, guidance: { gamma: 3 } });
    expect(values(led)).not.toEqual(values(images));
    // Latents have no range to be kept in, unless it is asked for.
    const far = z.mul(9);
    expect(Math.max(...values(model.denoiser()(far, 40)).map(Math.abs))).toBeGreaterThan(1);
    expect(Math.max(...values(model.denoiser({ clip: true })(far, 40)).map(Math.abs))).toBeLessThanOrEqual(1);
  });

  test("by captions: the half that a caption names is the bright one", async () => {
    const tokenizer = wordTokenizer({ words: ["left", "right"], length: 2 });
    const captioned = (given: LabelledImages): LabelledImages => ({
      ...given,
      captions: Array.from(given.labels, (label) => (label === 1 ? "left" : "right")),
    });
    const recipe = latent({
      data: () => ({ train: captioned(painted(60, 1)), heldOut: captioned(painted(20, 2)) }),
      network: {
        ...{ size: 4, channels: 2, width: 8, multipliers: [1, 1], groups: 4, heads: 2, attention: [4] },
        text: { vocabulary: tokenizer.vocabulary.length, length: 2, width: 8, heads: 2, depth: 1 },
      },
      tokenizer: () => tokenizer,
      stages: [{ steps: 250, peak: 1e-2, warmup: 10, unlabelled: 0.1 }],
      decay: 0.95,
      batch: 32,
      latent: { autoencoder: coder(), file: (await trained(coder(), "coder")).weights },
    });
    const { weights } = await trained(recipe, "captions", 250);
    const captions = Array.from({ length: 40 }, (_, i) => (i % 2 ? "left" : "right"));
    const images = await generate(loadModel(recipe, { file: weights }), { captions, seed: 4, screen });
    expect(images.shape).toEqual([40, 8, 8, 3]);
    const half = (from: number): tf.Tensor => images.slice([0, 0, from, 0], [-1, -1, 4, -1]).mean([1, 2, 3]);
    const brighter = values(half(0).greater(half(4))).map((left) => (left ? "left" : "right"));
    expect(brighter.filter((side, i) => side === captions[i]).length).toBeGreaterThanOrEqual(36);
  });

  test("what it learns is of variance 1, and its loss that of noise at first", async () => {
    setSeed(1);
    const run = await latent({ batch: 60 }).start("float32");
    // A network that predicts 0 of v: its target has the variance α + (1 - α) = 1 if the data's is 1.
    const loss = values(run.step(1))[0];
    expect(Math.abs(loss - 1)).toBeLessThan(0.15);
    const { picture } = await run.evaluate();
    expect(picture).toBeDefined();
    run.dispose();
  });

  test("frees what it has made", async () => {
    await trained(latent(), "diffusion warm-up", 3);
    const before = tf.memory().numTensors;
    await trained(latent(), "diffusion memory", 3);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("completion in latents names the shape that it wants", () => {
    const model = loadModel(latent(), { file: join(base, "diffusion", "weights.safetensors") });
    expect(() => model.denoiser()(tf.zeros([1, 8, 8, 3]), 10)).toThrow(
      "z has the shape [1, 8, 8, 3]; use [any, 4, 4, 2].",
    );
  });

  test("weights fit no other autoencoder's latents; one that is missing is named with its command", async () => {
    const { weights } = await trained(coder({ steps: 20, decay: 0.7 }), "others", 20);
    const other = join(base, "other.safetensors");
    copyFileSync(weights, other);
    const diffusion = join(base, "diffusion", "weights.safetensors");
    const moved = latent({ latent: { autoencoder: coder({ steps: 20, decay: 0.7 }), file: other } });
    expect(() => loadModel(moved, { file: diffusion })).toThrow(
      /other settings than the recipe "tiny": latent is/,
    );
    const nowhere = latent({ latent: { autoencoder: brief, file: join(base, "nowhere") } });
    await expect(nowhere.start("float32")).rejects.toThrow(
      /nowhere is missing: .* "tiny-coder", which is trained before, by npm run train -- tiny-coder --ship/,
    );
    const misfit = latent({ network: { ...network, channels: 3 } });
    await expect(misfit.start("float32")).rejects.toThrow(
      "The network's sample has the shape [4, 4, 3]; use [4, 4, 2].",
    );
  });
});

describe("the recipes of landscapes", () => {
  test.each(Object.entries(autoencoderRecipes))("%s: 16 × 16 × 4 latents", (name, recipe) => {
    expect(recipes[name]).toBe(recipe);
    const network = recipe.network();
    expect(network.shape).toEqual([16, 16, 4]);
    expect(network.imageShape).toEqual([64, 64, 3]);
    network.dispose();
  });

  test("a step in latents costs at most a fifth of one in pixels", () => {
    const flops = (name: string): number => {
      const network = (recipes[name] as DiffusionRecipe).network();
      network.dispose();
      return network.flops;
    };
    expect(flops("landscapes-latent")).toBeLessThan(flops("landscapes-64") / 5);
  });
});
