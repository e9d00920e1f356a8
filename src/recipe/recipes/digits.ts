import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { digitData } from "./digit-data";

/** Digits with and without their class, by one network. T = 4000 and the Fourier features are for the likelihood of the pixels
 * (Nichol & Dhariwal 2021; Kingma et al. 2021): at t = 1 the noise is less than half a gray level. */
export const digits: DiffusionRecipe = diffusionRecipe({
  name: "digits",
  about: "28 × 28 digits, of a class or of any: 2.9 million parameters",
  data: digitData,
  network: {
    size: 28,
    width: 32,
    multipliers: [1, 2, 4],
    attention: [7],
    heads: 4,
    time: "adaptive",
    classes: 10,
    fourier: [1, 2, 3, 4, 5, 6, 7, 8],
  },
  schedule: cosineSchedule(4000, { offset: 0.002 }),
  predicts: "v",
  // Without a class there is more to learn, so many samples are shown without theirs.
  stages: [{ steps: 20_000, peak: 2e-3, warmup: 300, unlabelled: 0.4 }],
  batch: 64,
});
