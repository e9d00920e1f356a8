import { straightSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { digitSettings } from "./digits";

/** The same network, data and number of steps as the recipe `digits`, trained by flow matching (Lipman et al. 2023; Liu et al. 2023): nothing
 * differs but the schedule and what is predicted, and so how much each level of noise counts. */
export const digitsFlow: DiffusionRecipe = diffusionRecipe({
  name: "digits-flow",
  about: "the digits by flow matching: another schedule, and the velocity of straight paths",
  ...digitSettings,
  schedule: straightSchedule(4000),
  predicts: "flow",
});
