import { lowResolution } from "../../conditioning";
import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { landscapeData } from "./landscape-data";

const schedule = cosineSchedule(1000);

/** The second stage of the cascade: from 32 to 64 pixels a side. What it adds is local, so it is narrow and attends nowhere but at
 * its smallest size. */
export const landscapesEnlarged: DiffusionRecipe = diffusionRecipe({
  name: "landscapes-enlarged",
  about: "64 × 64 landscapes from 32 × 32",
  data: () => landscapeData(64),
  // With α_s² = .75 at most.
  derived: lowResolution({ schedule, mostNoise: 300 }),
  network: {
    size: 64,
    channels: 3,
    width: 16,
    multipliers: [1, 2, 4, 4],
    heads: 4,
    time: "adaptive",
    image: 3,
    vector: 1,
  },
  schedule,
  predicts: "v",
  stages: [{ steps: 6_000, peak: 2e-3, warmup: 300 }],
  batch: 64,
});
