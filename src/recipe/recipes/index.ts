import type { ClassifierRecipe } from "../classifier-recipe";
import type { DiffusionRecipe } from "../diffusion-recipe";
import type { Recipe } from "../recipe";
import { digitClassifier } from "./digit-classifier";
import { digits } from "./digits";
import { digitsSmall } from "./digits-small";
import { world } from "./world";
import { noisyDigitClassifier } from "./noisy-digit-classifier";

/** Recipes of networks that denoise. */
export const diffusionRecipes: {
  readonly digits: DiffusionRecipe;
  readonly "digits-small": DiffusionRecipe;
  readonly world: DiffusionRecipe;
} = { digits, "digits-small": digitsSmall, world };

/** Recipes of classifiers. */
export const classifierRecipes: {
  readonly "digit-classifier": ClassifierRecipe;
  readonly "noisy-digit-classifier": ClassifierRecipe;
} = { "digit-classifier": digitClassifier, "noisy-digit-classifier": noisyDigitClassifier };

/** All recipes of the course, by name. */
export const recipes: Readonly<Record<string, Recipe>> = { ...diffusionRecipes, ...classifierRecipes };
