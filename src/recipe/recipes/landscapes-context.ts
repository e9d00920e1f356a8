import { maskedContext } from "../../conditioning";
import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { landscapeData } from "./landscape-data";
import { smallPictures } from "./small-pictures";

/** Landscapes of which a part is known: three channels of colours, and the mask. */
export const landscapesContext: DiffusionRecipe = diffusionRecipe({
  name: "landscapes-context",
  about: "32 × 32 landscapes around what is known of them",
  data: () => landscapeData(32),
  derived: maskedContext(),
  network: { ...smallPictures, image: 4 },
  schedule: cosineSchedule(1000),
  predicts: "v",
  stages: [{ steps: 12_000, peak: 2e-3, warmup: 300 }],
  batch: 64,
});
