import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { landscapeData } from "./landscape-data";

/** One model for 64 × 64 pixels, to compare the cascade with: about as much computing as its two stages together. */
export const landscapes64: DiffusionRecipe = diffusionRecipe({
  name: "landscapes-64",
  about: "64 × 64 landscapes by one network",
  data: () => landscapeData(64),
  network: {
    size: 64,
    channels: 3,
    width: 32,
    multipliers: [1, 2, 4, 4],
    attention: [8],
    heads: 4,
    time: "adaptive",
  },
  schedule: cosineSchedule(1000),
  predicts: "v",
  stages: [{ steps: 6_000, peak: 2e-3, warmup: 300 }],
  batch: 64,
});
