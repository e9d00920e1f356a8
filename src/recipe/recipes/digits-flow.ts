import { straightSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { smallDigitSettings } from "./digits-v";

/** Digits by flow matching (Lipman et al. 2023; Liu et al. 2023). Network, data and number of steps are those of `digits-v`: nothing differs but the
 * schedule and what is predicted, and so how much each level of noise counts. */
export const digitsFlow: DiffusionRecipe = diffusionRecipe({
  name: "digits-flow",
  about: "the same by flow matching: the straight schedule, and the velocity",
  ...smallDigitSettings,
  schedule: straightSchedule(1000),
  predicts: "flow",
});
