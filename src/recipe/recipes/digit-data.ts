import { loadDigits } from "../../data";
import type { RecipeData } from "../recipe";

/** All digits. */
export const digitData = (): RecipeData => ({
  train: loadDigits({ split: "train" }),
  heldOut: loadDigits({ split: "heldOut" }),
});
