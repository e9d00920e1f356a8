import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ancestral,
  cosineSchedule,
  ddim,
  dpmSolver,
  generateTexts,
  heun,
  loadSequenceModel,
  randomNormal,
  recipes,
  repaint,
  samplingTimes,
  sequenceDenoiser,
  sequenceModel,
  sequenceRecipe,
  sequenceRecipes,
  sequenceTokenizer,
  setSeed,
  tf,
  trainRecipe,
  type Denoiser,
  type Sampler,
  type SequenceModel,
  type SequenceRecipe,
  type SequenceSettings,
} from "diffusion";
import { awaken } from "../network/awake";
import { screen } from "./tiny";

const base = mkdtempSync(join(tmpdir(), "sequence-"));
afterAll(() => {
  rmSync(base, { recursive: true });
});

const known = ["ab", "abab", "ababab"];
const isValid = (text: string): boolean => /^(ab)+$/.test(text);

/** Of texts that say "ab" once, twice or three times. */
const tiny = (changes: Partial<SequenceSettings> = {}): SequenceRecipe =>
  sequenceRecipe({
    name: "tiny-texts",
    about: "for tests",
    data: () => known,
    tokenizer: () => sequenceTokenizer({ symbols: ["a", "b"], length: 6 }),
    isValid,
    network: { channels: 4, width: 16, depth: 1, heads: 2 },
    schedule: cosineSchedule(50),
    learningRate: { peak: 1e-2, warmup: 10 },
    decay: 0.9,
    batch: 32,
    steps: 200,
    judged: 100,
    ...changes,
  });

const trained = (recipe: SequenceRecipe, name: string): ReturnType<typeof trainRecipe> =>
  trainRecipe(recipe, {
    folder: join(base, name),
    precision: "float32",
    screen,
    evaluateEvery: recipe.steps,
  });

test("learns to write texts; what it has learned can be loaded, and writes the same from the same seed", async () => {
  const warned = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const { evaluations, losses, weights: file } = await trained(tiny(), "ab");
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
  expect(losses[0]).toBeGreaterThan(1.5);
  const { valid, unique, novel, ...length } = evaluations.at(-1)!.numbers;
  expect(valid).toBeGreaterThan(0.9);
  expect(unique).toBeCloseTo(3 / (100 * valid), 5);
  expect(novel).toBe(0);
  expect(Object.keys(length)).toEqual(["length, as part of the data's"]);
  // If it wrote one of the three only, 0.5 or 1.5 might come. After so few steps the three are not equally frequent.
  expect(Math.abs(Object.values(length)[0] - 1)).toBeLessThan(0.25);

  const model = loadSequenceModel(tiny(), { file });
  const texts = await generateTexts(model, { count: 30, seed: 4, batch: 20, screen });
  expect(texts).toHaveLength(30);
  expect(new Set(texts.filter(isValid))).toEqual(new Set(known));
  expect(await generateTexts(model, { count: 30, seed: 4, batch: 20, screen })).toEqual(texts);
  expect(await generateTexts(model, { count: 30, seed: 5, batch: 20, screen })).not.toEqual(texts);
  // A text with one place unknown is completed as the rest of it wants.
  const x = model.embed(["abab", "abbb"]);
  const mask = tf.tensor3d([1, 1, 0, 1, 1, 1], [1, 6, 1]);
  const completed = await repaint(model.denoiser(), x, mask, model.schedule, { seed: 1 });
  expect(model.decode(completed)).toEqual(["abab", "abab"]);
  model.dispose();
});

test("its weights fit no other settings", async () => {
  const brief = { steps: 2, learningRate: { peak: 1e-2, warmup: 1 }, judged: 4 };
  const { weights: file } = await trained(tiny(brief), "brief");
  const tokenizer = (): ReturnType<typeof sequenceTokenizer> =>
    sequenceTokenizer({ symbols: ["b", "a"], length: 6 });
  expect(() => loadSequenceModel(tiny({ ...brief, tokenizer }), { file })).toThrow(
    /other settings than the recipe "tiny-texts": vocabulary is "· a b" instead of "· b a"/,
  );
  expect(() => loadSequenceModel(tiny({ ...brief, schedule: cosineSchedule(60) }), { file })).toThrow(
    /schedule is/,
  );
  expect(() => loadSequenceModel("letters" as "molecules")).toThrow(
    'There is no recipe "letters" here; use one of molecules.',
  );
});

describe("a model of texts", () => {
  const schedule = cosineSchedule(100);
  const tokenizer = sequenceTokenizer({ symbols: ["C", "N", "O", "="], length: 5 });
  const network = awaken(
    sequenceDenoiser({
      vocabulary: 5,
      length: 5,
      steps: 100,
      channels: 4,
      width: 8,
      depth: 1,
      heads: 2,
      seed: 1,
    }),
  );
  const model: SequenceModel = sequenceModel({ network, schedule, tokenizer });
  const texts = ["CCO", "N=C=O", "C", "OCCN"];

  test("embeds texts, and rounds to the nearest", () => {
    const x = model.embed(texts);
    expect(x.shape).toEqual([4, 5, 4]);
    expect(model.decode(x)).toEqual(texts);
    expect(model.decode(x.mul(0.2).add(randomNormal([4, 5, 4], 1).mul(0.02)))).toEqual(texts);
  });

  /** E[x | z_t] of texts that are equally probable: what a network would have to learn of these four. */
  const perfect: Denoiser = (z, t) => {
    const x = model.embed(texts);
    const a = schedule.alpha[t];
    const squares = z
      .expandDims(1)
      .sub(x.mul(Math.sqrt(a)))
      .square()
      .sum([2, 3]);
    const weights = tf.softmax(squares.div(-2 * (1 - a)));
    return tf.matMul(weights, x.reshape([4, -1])).reshape(z.shape);
  };

  test.each<[string, Sampler]>([
    ["ddim", ddim],
    ["ancestral", ancestral],
    ["dpmSolver", dpmSolver],
    ["heun", heun],
  ])("the perfect denoiser of four texts writes these, by %s", async (_, sampler) => {
    const z = randomNormal([400, 5, 4], 2);
    const made = model.decode(await sampler(perfect, z, schedule, { seed: 3 }));
    for (const text of texts) {
      const share = made.filter((each) => each === text).length / 400;
      expect(share).toBeGreaterThan(0.17);
      expect(share).toBeLessThan(0.33);
    }
    expect(new Set(made)).toEqual(new Set(texts));
  });

  test("text by text, batches and their seeds make no difference in number", async () => {
    setSeed(1);
    const made = await generateTexts(model, {
      count: 5,
      batch: 2,
      times: samplingTimes(schedule, 4),
      screen,
    });
    expect(made).toHaveLength(5);
    await expect(generateTexts(model, { count: 0 })).rejects.toThrow("count is 0");
    await expect(generateTexts(model, { count: 1, batch: 0 })).rejects.toThrow("batch is 0");
  });

  test("believes more in what is likely at a low temperature", () => {
    const z = randomNormal([3, 5, 4], 5);
    const far = (temperature: number): number => {
      const guess = model.denoiser({ temperature })(z, 60);
      const rows = network.table();
      const nearest = guess.expandDims(2).sub(rows).square().sum(3).min(2);
      return nearest.mean().dataSync()[0];
    };
    const free = model.denoiser()(z, 60).dataSync();
    network
      .predict(z, tf.fill([3], 60, "int32"))
      .dataSync()
      .forEach((value, i) => {
        expect(free[i]).toBeCloseTo(value, 4);
      });
    expect(far(1)).toBeGreaterThan(far(0.1));
    expect(far(1e-4)).toBeLessThan(1e-4);
    expect(() => model.denoiser({ temperature: 0 })).toThrow("temperature is 0; use a finite number of");
  });

  test("needs a tokenizer that fits", () => {
    const other = sequenceTokenizer({ symbols: ["C"], length: 5 });
    expect(() => sequenceModel({ network, schedule, tokenizer: other })).toThrow(
      "The network is for sequences of 5 tokens out of 5, but the tokenizer makes 5 out of 2; use the same numbers.",
    );
  });
});

test.each(Object.entries(sequenceRecipes))("%s makes its first steps", async (name, recipe) => {
  expect(recipes[name]).toBe(recipe);
  const run = await recipe.start("float32");
  const losses = [run.step(1), run.step(2)].map((loss) => loss.dataSync()[0]);
  const { length } = recipe.tokenizer().vocabulary;
  // At first all tokens are equally probable.
  expect(losses[0]).toBeGreaterThan(Math.log(length));
  expect(losses[0]).toBeLessThan(Math.log(length) + 1.2);
  expect(losses[1]).toBeLessThan(losses[0] + 0.1);
  run.dispose();
});
