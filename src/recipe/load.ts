import type { Precision } from "../backend/bfloat16";
import { latentSpace, type LatentSpace } from "../latent";
import type { Classifier, EmbeddingPrior, TextImagePair } from "../network";
import type { Tokenizer } from "../text";
import type { AutoencoderRecipe } from "./autoencoder-recipe";
import type { ClassifierRecipe } from "./classifier-recipe";
import { diffusionModel, type DiffusionModel } from "./diffusion-model";
import type { DiffusionRecipe } from "./diffusion-recipe";
import { filled, shippedWeights } from "./shipped";
import { latentSpaceOf } from "./latent-source";
import type { PairRecipe } from "./pair-recipe";
import { priorModel, type PriorRecipe } from "./prior-recipe";
import type { Recipe } from "./recipe";
import {
  autoencoderRecipes,
  classifierRecipes,
  diffusionRecipes,
  pairRecipes,
  priorRecipes,
  sequenceRecipes,
} from "./recipes";
import { sequenceModel, type SequenceModel } from "./sequence-model";
import type { SequenceRecipe } from "./sequence-recipe";

export interface LoadOptions {
  /** The weights that `trainRecipe` wrote; those that the course ships if omitted. */
  readonly file?: string;
}

/** A trained network for images, with its schedule: by default as the course ships it.
 * @param recipe or the name of one of the course's
 * @param precision of the compiled network
 * @throws Error for a file that is missing or damaged, or the weights of other settings */
export function loadModel(
  recipe: keyof typeof diffusionRecipes | DiffusionRecipe,
  options: LoadOptions & { readonly precision?: Precision } = {},
): DiffusionModel {
  const known = chosen(diffusionRecipes, recipe);
  const { file = shippedWeights(known.name), precision = "float32" } = options;
  const { schedule, predicts } = known;
  const tokenizer = known.tokenizer();
  const latent = known.latent && latentSpaceOf(known.latent, precision);
  try {
    return diffusionModel({ network: filled(known, file), schedule, predicts, tokenizer, precision, latent });
  } catch (error) {
    latent?.dispose();
    throw error;
  }
}

/** A trained classifier: by default as the course ships it.
 * @param recipe or the name of one of the course's
 * @throws Error for a file that is missing or damaged, or the weights of other settings */
export function loadClassifier(
  recipe: keyof typeof classifierRecipes | ClassifierRecipe,
  options: LoadOptions = {},
): Classifier {
  const known = chosen(classifierRecipes, recipe);
  return filled(known, options.file ?? shippedWeights(known.name));
}

/** A trained autoencoder, as the space of its latents: by default as the course ships it.
 * @param recipe or the name of one of the course's
 * @param precision of the compiled network
 * @throws Error for a file that is missing or damaged, or the weights of other settings */
export function loadAutoencoder(
  recipe: keyof typeof autoencoderRecipes | AutoencoderRecipe,
  options: LoadOptions & { readonly precision?: Precision } = {},
): LatentSpace {
  const known = chosen(autoencoderRecipes, recipe);
  const { file = shippedWeights(known.name), precision = "float32" } = options;
  return latentSpace(filled(known, file), { precision });
}

/** A network for images and captions, with what it reads captions by. */
export interface LoadedPair {
  readonly network: TextImagePair;
  readonly tokenizer: Tokenizer;
}

/** A trained network that puts images and captions into one space: by default as the course ships it.
 * @param recipe or the name of one of the course's
 * @throws Error for a file that is missing or damaged, or the weights of other settings */
export function loadPair(
  recipe: keyof typeof pairRecipes | PairRecipe,
  options: LoadOptions = {},
): LoadedPair {
  const known = chosen(pairRecipes, recipe);
  return {
    network: filled(known, options.file ?? shippedWeights(known.name)),
    tokenizer: known.tokenizer(),
  };
}

/** A trained network for texts, with the space in which it denoises them: by default as the course ships it.
 * @param recipe or the name of one of the course's
 * @param precision of the compiled network
 * @throws Error for a file that is missing or damaged, or the weights of other settings */
export function loadSequenceModel(
  recipe: keyof typeof sequenceRecipes | SequenceRecipe,
  options: LoadOptions & { readonly precision?: Precision } = {},
): SequenceModel {
  const known = chosen(sequenceRecipes, recipe);
  const { file = shippedWeights(known.name), precision = "float32" } = options;
  const { schedule } = known;
  return sequenceModel({
    network: filled(known, file),
    schedule,
    tokenizer: known.tokenizer(),
    precision,
  });
}

/** A trained prior, which makes embeddings of images from captions: by default as the course ships it.
 * @param recipe or the name of one of the course's
 * @throws Error for a file that is missing or damaged, or the weights of other settings */
export function loadPrior(
  recipe: keyof typeof priorRecipes | PriorRecipe,
  options: LoadOptions = {},
): DiffusionModel<EmbeddingPrior> {
  const known = chosen(priorRecipes, recipe);
  return priorModel(known, filled(known, options.file ?? shippedWeights(known.name)));
}

function chosen<R extends Recipe>(recipes: Readonly<Record<string, R>>, recipe: string | R): R {
  if (typeof recipe !== "string") return recipe;
  if (Object.hasOwn(recipes, recipe)) return recipes[recipe];
  throw new RangeError(`There is no recipe "${recipe}" here; use one of ${Object.keys(recipes).join(", ")}.`);
}
