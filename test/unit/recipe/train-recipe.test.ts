import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  diffusionRecipes,
  loadCheckpoint,
  loadModel,
  picturesRecipe,
  recipes,
  setSeed,
  tf,
  trainRecipe,
  type DiffusionSettings,
  type Recipe,
  type RecipeRun,
  type TrainedRecipe,
  type TrainRecipeOptions,
} from "diffusion";
import { PNG } from "pngjs";
import { screen, states, tiny } from "./tiny";

const base = mkdtempSync(join(tmpdir(), "recipe-"));
afterAll(() => {
  rmSync(base, { recursive: true });
});

const run = (
  name: string,
  recipe: Recipe = tiny(),
  options: TrainRecipeOptions = {},
): Promise<TrainedRecipe> =>
  trainRecipe(recipe, {
    folder: join(base, name),
    precision: "float32",
    screen,
    evaluateEvery: 3,
    ...options,
  });

/** The recipe with a look into its run. */
function watched(recipe: Recipe): { readonly recipe: Recipe; readonly runs: RecipeRun[] } {
  const runs: RecipeRun[] = [];
  const start: Recipe["start"] = async (precision) => {
    const made = await recipe.start(precision);
    runs.push(made);
    return made;
  };
  return { recipe: { ...recipe, start }, runs };
}

test("trains, evaluates every so often, and leaves files to go on from, to read and to look at", async () => {
  const seen: number[] = [];
  const { losses, evaluations, weights } = await run("files", tiny(), {
    callback: ({ step, evaluation }) => seen.push(step, evaluation.numbers["held-out loss"]),
  });
  expect(losses).toHaveLength(6);
  expect(evaluations.map(({ step }) => step)).toEqual([3, 6]);
  expect(seen).toEqual(evaluations.flatMap(({ step, numbers }) => [step, numbers["held-out loss"]]));
  expect(readdirSync(join(base, "files")).sort()).toEqual([
    "checkpoint.safetensors",
    "progress.json",
    "samples.png",
    "weights.safetensors",
  ]);
  const progress = JSON.parse(readFileSync(join(base, "files", "progress.json"), "utf8")) as object;
  expect(progress).toMatchObject({
    recipe: "tiny",
    step: 6,
    loss: losses[5],
    batch: 4,
    seed: 1,
    evaluations,
  });
  const { width, height } = PNG.sync.read(readFileSync(join(base, "files", "samples.png")));
  // Ten columns of 56 pixels with 4 between them.
  expect([width, height]).toEqual([596, 236]);
  const { details, tensors } = loadCheckpoint(weights);
  expect(details).toMatchObject({ recipe: "tiny", evaluations: [...evaluations] });
  expect(Object.keys(tensors)).toContain("first/filter");
});

test("what is kept is the moving average, rounded to float16", async () => {
  const { recipe, runs } = watched(tiny());
  let averages: number[] = [];
  const { weights } = await run("average", recipe, {
    callback: () =>
      (averages = [
        ...runs[0].weights["last/bias"].dataSync(),
        ...runs[0].weights["first/filter"].dataSync(),
      ]),
  });
  const { tensors } = loadCheckpoint(weights);
  const kept = [...tensors["last/bias"].dataSync(), ...tensors["first/filter"].dataSync()];
  kept.forEach((value, i) => {
    expect(Math.abs(value - averages[i])).toBeLessThanOrEqual(Math.abs(averages[i]) * 2 ** -11 + 2 ** -25);
  });
  expect(kept.some((value) => value !== 0)).toBe(true);
  expect(statSync(weights).size).toBeLessThan(
    statSync(join(base, "average", "checkpoint.safetensors")).size / 4,
  );
});

test("stopped and run again, it comes to the same bit for bit, however often it is evaluated", async () => {
  const straight = await run("straight");
  const controller = new AbortController();
  const first = run("broken", tiny(), {
    evaluateEvery: 2,
    signal: controller.signal,
    callback: ({ step }) => {
      if (step === 2) controller.abort();
    },
  });
  await expect(first).rejects.toThrow("Stopped after step 2, which is saved.");
  setSeed(99);
  const rest = await run("broken", tiny(), { evaluateEvery: 2 });
  expect([...rest.losses]).toEqual([...straight.losses]);
  expect(rest.evaluations.map(({ step }) => step)).toEqual([2, 4, 6]);
  expect(rest.evaluations.at(-1)).toEqual(straight.evaluations.at(-1));
  const [one, other] = [straight, rest].map(({ weights }) => loadCheckpoint(weights).tensors);
  for (const name of Object.keys(one)) expect([...other[name].dataSync()]).toEqual([...one[name].dataSync()]);
  expect(states.some(({ label }) => label === "tiny, from step 2")).toBe(true);
});

test("a checkpoint of other settings is not gone on from", async () => {
  await run("settings");
  await expect(run("settings", tiny({ batch: 8, clip: 2 }))).rejects.toThrow(
    /is a checkpoint at step 6 of other settings: clip is 1 instead of 2, batch\. Use another folder/,
  );
  await expect(run("settings", tiny(), { precision: "bfloat16" })).rejects.toThrow(
    'precision is "float32" instead of "bfloat16"',
  );
});

test("shows classes to a share of the samples, drawn for each sample of a batch", async () => {
  // The row of a class, and that of none, moves only if it was used. The first step
  // wakes the last filter alone, the second those that end the blocks.
  const used = async (unlabelled: number): Promise<boolean[]> => {
    setSeed(5);
    const { step, variables, dispose } = await tiny({
      batch: 16,
      stages: [{ steps: 9, peak: 1e-2, warmup: 2, unlabelled }],
    }).start("float32");
    const table = variables["network/classes/table"];
    const rows = (): number[][] => table.arraySync() as number[][];
    const before = rows();
    for (let i = 1; i <= 3; i++) step(i).dispose();
    const moved = rows().map((row, i) => row.some((value, j) => value !== before[i][j]));
    dispose();
    return moved;
  };
  const [never, sometimes, always] = [await used(0), await used(0.5), await used(1)];
  expect(never[10]).toBe(false);
  expect(never.filter(Boolean).length).toBeGreaterThan(5);
  expect(sometimes[10]).toBe(true);
  expect(sometimes.slice(0, 10).filter(Boolean).length).toBeGreaterThan(2);
  expect(always).toEqual([...Array<boolean>(10).fill(false), true]);
});

test("stages have their own rate and share without a class, also in a run that goes on", async () => {
  // In the second stage all samples come without a class.
  const stages = [
    { steps: 4, peak: 1e-2, warmup: 1, unlabelled: 0 },
    { steps: 3, peak: 1e-2, warmup: 1, unlabelled: 1 },
  ];
  setSeed(6);
  const { step, variables, dispose } = await tiny({ batch: 16, stages }).start("float32");
  const none = (): number[] => (variables["network/classes/table"].arraySync() as number[][])[10];
  const first = none();
  for (let i = 1; i <= 4; i++) step(i).dispose();
  expect(none()).toEqual(first);
  step(5).dispose();
  expect(none()).not.toEqual(first);
  dispose();
});

test("begins with the weights of another recipe, and a checkpoint knows which", async () => {
  const from = diffusionRecipes["digits-v"];
  const { network } = from.settings as unknown as Pick<DiffusionSettings, "network">;
  const recipe = tiny({ network: { ...network, vector: 2 }, from });
  const learned = loadModel("digits-v").network;
  const made = await recipe.start("float32");
  learned.names.forEach((name, i) => {
    const same = [made.weights[name], made.variables[`network/${name}`]].map(
      (own) => own.equal(learned.parameters[i]).all().dataSync()[0],
    );
    expect({ name, same }).toEqual({ name, same: [1, 1] });
  });
  expect(made.weights["vector/weights"].shape[0]).toBe(2);
  made.dispose();
  const { recipe: name, weights } = recipe.settings.from as unknown as Record<string, string>;
  expect(name).toBe("digits-v");
  expect(weights).toMatch(/^[0-9a-f]{16}$/);
  expect(tiny().settings.from).toBeUndefined();
});

test("somebody's own pictures are a recipe like others, and what cannot be read is told", async () => {
  const pictures = join(base, "my pictures");
  mkdirSync(pictures);
  for (let i = 0; i < 11; i++) {
    const png = new PNG({ width: 20, height: 16 });
    png.data.fill(20 * i);
    writeFileSync(join(pictures, `${i}.png`), PNG.sync.write(png));
  }
  writeFileSync(join(pictures, "broken.png"), "no picture");
  const told = jest.spyOn(console, "warn").mockImplementation();
  const recipe = picturesRecipe({ folder: pictures, size: 8, steps: 20 });
  const controller = new AbortController();
  controller.abort();
  const options = { signal: controller.signal };
  await expect(run("pictures", recipe, options)).rejects.toThrow("Stopped after step 1, which is saved.");
  expect(told.mock.calls.map(String)).toEqual([expect.stringContaining("left out: broken.png: ")]);
  told.mockRestore();
  const { details } = loadCheckpoint(join(base, "pictures", "checkpoint.safetensors"));
  expect(details).toMatchObject({ recipe: "pictures-my pictures", augment: { flip: true }, step: 1 });
});

test("frees what it has made", async () => {
  await run("memory warm-up");
  const before = tf.memory().numTensors;
  await run("memory");
  expect(tf.memory().numTensors).toBe(before);
});

test("the recipes of the course are known by name, each with other settings", () => {
  for (const [name, recipe] of Object.entries(recipes)) expect(recipe.name).toBe(name);
  const settings = Object.values(recipes).map((recipe) => JSON.stringify(recipe.settings));
  expect(new Set(settings).size).toBe(settings.length);
});
