import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { digitData } from "./digit-data";

/** The same at half the width, for as long as a cup of coffee takes: legible digits, some of them odd. */
export const digitsSmall: DiffusionRecipe = diffusionRecipe({
  name: "digits-small",
  about: "the same in minutes: legible digits, some of them odd",
  data: digitData,
  network: { size: 28, width: 16, multipliers: [1, 2, 4], attention: [7], heads: 4, classes: 10 },
  schedule: cosineSchedule(1000),
  predicts: "v",
  stages: [{ steps: 1000, peak: 4e-3, warmup: 50, unlabelled: 0.2 }],
  decay: 0.99,
  batch: 32,
});
