import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  embedPairs,
  loadPair,
  pairRecipe,
  pairRecipes,
  recipes,
  retrieval,
  tf,
  trainRecipe,
  wordTokenizer,
  type CaptionedImages,
  type PairRecipe,
  type PairSettings,
} from "diffusion";
import { screen } from "./tiny";

const base = mkdtempSync(join(tmpdir(), "pair-"));
afterAll(() => {
  rmSync(base, { recursive: true });
});

const colours = ["black", "blue", "green", "cyan", "red", "purple", "yellow", "white"];

/** Eight pictures of one colour each, with its name. */
const painted = (): CaptionedImages => ({
  images: tf.tidy(() => {
    const bits = colours.map((_, i) => [i & 4 ? 1 : -1, i & 2 ? 1 : -1, i & 1 ? 1 : -1]);
    return tf.tile(tf.tensor4d(bits.flat(), [8, 1, 1, 3]), [1, 8, 8, 1]);
  }),
  captions: colours.map((colour) => `all ${colour}`),
});

const tiny = (changes: Partial<PairSettings> = {}): PairRecipe =>
  pairRecipe({
    name: "tiny-pair",
    about: "for tests",
    data: () => ({ train: painted(), heldOut: painted() }),
    tokenizer: () => wordTokenizer({ words: ["all", ...colours], length: 4 }),
    network: {
      size: 8,
      channels: 3,
      width: 8,
      multipliers: [1, 2],
      groups: 4,
      features: 16,
      text: { vocabulary: 11, length: 4, width: 16, depth: 1, heads: 2 },
    },
    augment: { shift: 1 },
    learningRate: { peak: 1e-2, warmup: 5 },
    decay: 0.8,
    batch: 16,
    steps: 80,
    ...changes,
  });

const trained = (recipe: PairRecipe, name: string): ReturnType<typeof trainRecipe> =>
  trainRecipe(recipe, { folder: join(base, name), precision: "float32", screen, evaluateEvery: 80 });

test("learns which caption belongs to which picture; what it has learned can be loaded", async () => {
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const { evaluations, weights: file, losses } = await trained(tiny(), "colours");
  // Each step is one program, traced once; otherwise there would be a warning.
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
  expect(losses[0]).toBeGreaterThan(1);
  expect(evaluations.at(-1)!.numbers).toEqual({
    "images find captions": 1,
    "captions find images": 1,
    "images find captions in 5": 1,
    "captions find images in 5": 1,
  });

  const before = tiny().network();
  const { network, tokenizer } = loadPair(tiny(), { file });
  const found = async (pair: Pick<typeof network, "embedImages" | "embedCaptions">): Promise<number> => {
    const { images, captions } = await embedPairs({ network: pair, tokenizer }, painted(), { batch: 3 });
    return (await retrieval(images, captions)).captions.top1;
  };
  expect(await found(network)).toBe(1);
  expect(await found(before)).toBeLessThan(1);
});

test("a step leaves the temperature at 0.01 or more", async () => {
  const run = await tiny().start("float32");
  const name = Object.keys(run.variables).find((each) => each.endsWith("log-inverse-temperature"))!;
  run.variables[name].assign(tf.scalar(6));
  run.step(1).dispose();
  expect(run.variables[name].dataSync()[0]).toBeCloseTo(Math.log(100), 5);
  run.dispose();
});

test("its weights fit no other settings", async () => {
  const brief = { steps: 2, learningRate: { peak: 1e-2, warmup: 1 } };
  const { weights: file } = await trained(tiny(brief), "brief");
  expect(loadPair(tiny(brief), { file }).network.features).toBe(16);
  const tokenizer = (): ReturnType<typeof wordTokenizer> =>
    wordTokenizer({ words: [...colours, "all"], length: 4 });
  expect(() => loadPair(tiny({ ...brief, tokenizer }), { file })).toThrow(
    /other settings than the recipe "tiny-pair": vocabulary is/,
  );
  expect(() => loadPair("letters" as "world-pair")).toThrow(
    'There is no recipe "letters" here; use one of emoji-pair, world-pair.',
  );
});

test("pairs in runs come into the same step: a batch that is one run of equal captions has nothing to tell apart", async () => {
  // Four runs of four equal captions each; the pictures of a run all differ.
  const data = (): CaptionedImages => {
    const { images } = painted();
    const captions = Array.from({ length: 16 }, (_, i) => `all ${colours[Math.floor(i / 4)]}`);
    return { images: tf.tidy(() => tf.concat([images, images])), captions };
  };
  const inRuns = { data: () => ({ train: data(), heldOut: painted() }), batch: 4, augment: {} };
  const lastLosses = async (runs: number): Promise<number[]> => {
    const run = await tiny({ ...inRuns, runs }).start("float32");
    const losses = Array.from({ length: 60 }, (_, i) => tf.tidy(() => run.step(i + 1).dataSync()[0]));
    run.dispose();
    return losses.slice(-20);
  };
  // P is spread evenly over all four, whose captions are one point: no cross-entropy is below ln 4.
  expect(Math.min(...(await lastLosses(4)))).toBeGreaterThanOrEqual(Math.log(4) - 1e-5);
  // Drawn one by one, most batches have captions that differ, and these are learned.
  expect(Math.min(...(await lastLosses(1)))).toBeLessThan(0.8 * Math.log(4));
  await expect(lastLosses(3)).rejects.toThrow("size / runs is 1.33");
  expect(tiny({ ...inRuns, runs: 4 }).settings).toMatchObject({ runs: 4 });
  expect(tiny(inRuns).settings).not.toHaveProperty("runs");
});

test("pairs are embedded some at a time, as all at once", async () => {
  const [network, tokenizer] = [tiny().network(), tiny().tokenizer()];
  const data = painted();
  const before = tf.memory().numTensors;
  const some = await embedPairs({ network, tokenizer }, data, { batch: 3 });
  expect(tf.memory().numTensors).toBe(before + 2);
  const tokens = tf.tensor2d(tokenizer.encode(data.captions), [8, 4], "int32");
  const all = [network.embedImages(data.images), network.embedCaptions(tokens)];
  [some.images, some.captions].forEach((part, i) => {
    part.dataSync().forEach((value, j) => {
      expect(value).toBeCloseTo(all[i].dataSync()[j], 5);
    });
  });
  await expect(
    embedPairs({ network, tokenizer }, { ...data, captions: data.captions.slice(1) }),
  ).rejects.toThrow("captions has 7 for 8 images; give one for each.");
});

test.each(Object.entries(pairRecipes))("%s fits its tokenizer", (name, recipe) => {
  expect(recipes[name]).toBe(recipe);
  const [network, tokenizer] = [recipe.network(), recipe.tokenizer()];
  expect(network.length).toBe(tokenizer.length);
  const table = network.parameters[network.names.indexOf("text/words/table")];
  expect(table.shape[0]).toBeGreaterThanOrEqual(tokenizer.vocabulary.length);
  network.dispose();
});
