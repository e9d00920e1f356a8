import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe, type DiffusionSettings } from "../diffusion-recipe";
import { digitData } from "./digit-data";

/** What small networks learn digits by, whatever they predict: to compare them. */
export const smallDigitSettings: Pick<DiffusionSettings, "data" | "network" | "stages" | "decay" | "batch"> =
  {
    data: digitData,
    network: {
      size: 28,
      width: 16,
      multipliers: [1, 2, 4],
      attention: [7],
      heads: 4,
      time: "adaptive",
      classes: 10,
    },
    stages: [{ steps: 6000, peak: 3e-3, warmup: 200, unlabelled: 0.1 }],
    decay: 0.995,
    batch: 32,
  };

/** Digits by a small network that predicts v on the cosine schedule: what `digits-flow` is compared with. */
export const digitsV: DiffusionRecipe = diffusionRecipe({
  name: "digits-v",
  about: "digits by a small network, to compare: v on the cosine schedule",
  ...smallDigitSettings,
  schedule: cosineSchedule(1000),
  predicts: "v",
});
