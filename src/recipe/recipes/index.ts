import type { AutoencoderRecipe } from "../autoencoder-recipe";
import type { ClassifierRecipe } from "../classifier-recipe";
import type { DiffusionRecipe } from "../diffusion-recipe";
import type { PairRecipe } from "../pair-recipe";
import type { Recipe } from "../recipe";
import { digitClassifier } from "./digit-classifier";
import { digits } from "./digits";
import { digitsSmall } from "./digits-small";
import { emoji } from "./emoji";
import { emojiPair } from "./emoji-pair";
import { landscapeClassifier } from "./landscape-classifier";
import { landscapes } from "./landscapes";
import { landscapes64 } from "./landscapes-64";
import { landscapesAutoencoder } from "./landscapes-autoencoder";
import { landscapesCodes } from "./landscapes-codes";
import { landscapesContext } from "./landscapes-context";
import { landscapesEnlarged } from "./landscapes-enlarged";
import { landscapesLatent } from "./landscapes-latent";
import { noisyDigitClassifier } from "./noisy-digit-classifier";
import { world } from "./world";
import { worldPair } from "./world-pair";

/** Recipes of networks that denoise. */
export const diffusionRecipes: {
  readonly digits: DiffusionRecipe;
  readonly "digits-small": DiffusionRecipe;
  readonly world: DiffusionRecipe;
  readonly emoji: DiffusionRecipe;
  readonly landscapes: DiffusionRecipe;
  readonly "landscapes-context": DiffusionRecipe;
  readonly "landscapes-enlarged": DiffusionRecipe;
  readonly "landscapes-64": DiffusionRecipe;
  readonly "landscapes-latent": DiffusionRecipe;
} = {
  digits,
  "digits-small": digitsSmall,
  world,
  emoji,
  landscapes,
  "landscapes-context": landscapesContext,
  "landscapes-enlarged": landscapesEnlarged,
  "landscapes-64": landscapes64,
  "landscapes-latent": landscapesLatent,
};

/** Recipes of classifiers. */
export const classifierRecipes: {
  readonly "digit-classifier": ClassifierRecipe;
  readonly "noisy-digit-classifier": ClassifierRecipe;
  readonly "landscape-classifier": ClassifierRecipe;
} = {
  "digit-classifier": digitClassifier,
  "noisy-digit-classifier": noisyDigitClassifier,
  "landscape-classifier": landscapeClassifier,
};

/** Recipes of networks for images and their captions. */
export const pairRecipes: {
  readonly "emoji-pair": PairRecipe;
  readonly "world-pair": PairRecipe;
} = {
  "emoji-pair": emojiPair,
  "world-pair": worldPair,
};

/** Recipes of autoencoders. */
export const autoencoderRecipes: {
  readonly "landscapes-autoencoder": AutoencoderRecipe;
  readonly "landscapes-codes": AutoencoderRecipe;
} = {
  "landscapes-autoencoder": landscapesAutoencoder,
  "landscapes-codes": landscapesCodes,
};

/** All recipes of the course, by name. */
export const recipes: Readonly<Record<string, Recipe>> = {
  ...diffusionRecipes,
  ...classifierRecipes,
  ...pairRecipes,
  ...autoencoderRecipes,
};
