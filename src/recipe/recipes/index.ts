import type { AutoencoderRecipe } from "../autoencoder-recipe";
import type { ClassifierRecipe } from "../classifier-recipe";
import type { DiffusionRecipe } from "../diffusion-recipe";
import type { PairRecipe } from "../pair-recipe";
import type { PriorRecipe } from "../prior-recipe";
import type { Recipe } from "../recipe";
import type { SequenceRecipe } from "../sequence-recipe";
import { digitClassifier } from "./digit-classifier";
import { digits } from "./digits";
import { digitsFlow } from "./digits-flow";
import { digitsSmall } from "./digits-small";
import { digitsV } from "./digits-v";
import { emoji } from "./emoji";
import { emojiPair } from "./emoji-pair";
import { landscapeClassifier } from "./landscape-classifier";
import { landscapes } from "./landscapes";
import { landscapes64 } from "./landscapes-64";
import { landscapesAutoencoder } from "./landscapes-autoencoder";
import { landscapesCodes } from "./landscapes-codes";
import { landscapesContext } from "./landscapes-context";
import { landscapesEnlarged } from "./landscapes-enlarged";
import { molecules } from "./molecules";
import { landscapesLatent } from "./landscapes-latent";
import { noisyDigitClassifier } from "./noisy-digit-classifier";
import { world } from "./world";
import { worldDecoder } from "./world-decoder";
import { worldPair } from "./world-pair";
import { worldPrior } from "./world-prior";

/** Recipes of networks that denoise. */
export const diffusionRecipes: {
  readonly digits: DiffusionRecipe;
  readonly "digits-small": DiffusionRecipe;
  readonly "digits-v": DiffusionRecipe;
  readonly "digits-flow": DiffusionRecipe;
  readonly world: DiffusionRecipe;
  readonly emoji: DiffusionRecipe;
  readonly landscapes: DiffusionRecipe;
  readonly "landscapes-context": DiffusionRecipe;
  readonly "landscapes-enlarged": DiffusionRecipe;
  readonly "landscapes-64": DiffusionRecipe;
  readonly "world-decoder": DiffusionRecipe;
  readonly "landscapes-latent": DiffusionRecipe;
} = {
  digits,
  "digits-small": digitsSmall,
  "digits-v": digitsV,
  "digits-flow": digitsFlow,
  world,
  emoji,
  landscapes,
  "landscapes-context": landscapesContext,
  "landscapes-enlarged": landscapesEnlarged,
  "landscapes-64": landscapes64,
  "world-decoder": worldDecoder,
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

/** Recipes of networks for texts. */
export const sequenceRecipes: {
  readonly molecules: SequenceRecipe;
} = {
  molecules,
};
/** Recipes of networks that make embeddings of images from captions. */
export const priorRecipes: { readonly "world-prior": PriorRecipe } = { "world-prior": worldPrior };
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
  ...sequenceRecipes,
  ...priorRecipes,
  ...autoencoderRecipes,
};
