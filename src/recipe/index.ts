export type { Evaluation, LabelledImages, Recipe, RecipeData, RecipeRun } from "./recipe";
export { classifierRecipe, type ClassifierRecipe, type ClassifierSettings } from "./classifier-recipe";
export {
  diffusionRecipe,
  type DiffusionRecipe,
  type DiffusionSettings,
  type TrainingStage,
} from "./diffusion-recipe";
export {
  diffusionModel,
  type DiffusionModel,
  type DenoiserOptions,
  type DiffusionModelOptions,
} from "./diffusion-model";
export type { ConditionGuidance } from "./guided-models";
export {
  trainRecipe,
  trainingFolder,
  type EvaluationAt,
  type TrainedRecipe,
  type TrainRecipeOptions,
} from "./train-recipe";
export {
  autoencoderRecipe,
  type AutoencoderRecipe,
  type AutoencoderSettings,
  type PerceptualSettings,
} from "./autoencoder-recipe";
export type { LatentSource } from "./latent-source";
export { pairRecipe, type PairData, type PairRecipe, type PairSettings } from "./pair-recipe";
export { sequenceRecipe, type SequenceRecipe, type SequenceSettings } from "./sequence-recipe";
export { sequenceModel, type SequenceModel, type SequenceModelOptions } from "./sequence-model";
export { generateTexts, type GenerateTextsOptions } from "./generate-texts";
export { shippedWeights } from "./shipped";
export { shippedPair, type TrainedPair } from "./trained-pair";
export { priorModel, priorRecipe, type PriorRecipe, type PriorSettings } from "./prior-recipe";
export {
  autoencoderRecipes,
  classifierRecipes,
  diffusionRecipes,
  pairRecipes,
  priorRecipes,
  recipes,
  sequenceRecipes,
} from "./recipes";
export { picturesRecipe, type PicturesOptions } from "./recipes/pictures";
export {
  loadAutoencoder,
  loadClassifier,
  loadModel,
  loadPair,
  loadPrior,
  loadSequenceModel,
  type LoadedPair,
  type LoadOptions,
} from "./load";
export { generate, type GenerateOptions, type GenerateGuidance, type Told } from "./generate";
export { describeImages, type Described, type DescribeOptions } from "./describe-images";
export {
  embedPairs,
  type CaptionedImages,
  type CaptionedPair,
  type EmbeddedPairs,
  type EmbedPairsOptions,
} from "./embed-pairs";
