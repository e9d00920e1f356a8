import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  diffusionRecipes,
  loadModel,
  randomNormal,
  samplingTimes,
  euler,
  straightSchedule,
  tf,
  trainRecipe,
} from "diffusion";
import { screen, tiny } from "./tiny";

test("the recipe is that of digits-v, but for schedule and prediction", () => {
  const { "digits-v": byV, "digits-flow": flow } = diffusionRecipes;
  const { schedule, predicts, ...same } = flow.settings;
  expect(same).toEqual(
    Object.fromEntries(
      Object.entries(byV.settings).filter(([name]) => !["schedule", "predicts"].includes(name)),
    ),
  );
  expect(predicts).toBe("flow");
  // What weights say of it: such a schedule and no other.
  expect(schedule).toEqual({ name: "straight", steps: 1000, alpha: [straightSchedule(1000).alpha[1], 0] });
});

test("flow matching is a recipe like any: it trains, is judged, saved and loaded, and its flow begins at α = 0", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flow-"));
  try {
    const recipe = tiny({ name: "tiny-flow", schedule: straightSchedule(50), predicts: "flow" });
    const { losses, evaluations, weights } = await trainRecipe(recipe, { folder, screen, evaluateEvery: 6 });
    for (const loss of losses) expect(loss).toBeGreaterThan(0);
    expect(evaluations.map(({ step }) => step)).toEqual([6]);
    expect(evaluations[0].numbers["held-out loss"]).toBeGreaterThan(0);

    const model = loadModel(recipe, { file: weights });
    const z = randomNormal([2, 28, 28, 1], 1);
    const labels = tf.tensor1d([3, 8], "int32");
    const denoise = model.denoiser({ labels, guidance: { gamma: 2 } });
    const times = samplingTimes(model.schedule, 5);
    const samples = await euler(denoise, z, model.schedule, { times, variable: "straight" });
    for (const value of samples.dataSync()) expect(Math.abs(value)).toBeLessThanOrEqual(1.0001);
    model.dispose();

    const other = tiny({ name: "tiny-flow", predicts: "flow" });
    expect(() => loadModel(other, { file: weights })).toThrow(
      /weights of other settings than the recipe "tiny-flow": schedule is/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
