import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { landscapeData } from "./landscape-data";
import { smallPictures } from "./small-pictures";

/** Landscapes, told nothing: they are completed by replacing what is known, and begin the cascade. */
export const landscapes: DiffusionRecipe = diffusionRecipe({
  name: "landscapes",
  about: "32 × 32 landscapes",
  data: () => landscapeData(32),
  network: smallPictures,
  schedule: cosineSchedule(1000),
  predicts: "v",
  stages: [{ steps: 12_000, peak: 2e-3, warmup: 300 }],
  batch: 64,
});
