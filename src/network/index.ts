export type { Condition, Network, PredictOptions, ToldNetwork } from "./network";
export { byName } from "./by-name";
export { mlp, type MlpOptions } from "./mlp";
export { timeEmbedding } from "./time-embedding";
export { monotoneSchedule, type LearnedSchedule, type MonotoneOptions } from "./monotone";
export { unet, type UNet } from "./unet";
export type { UNetOptions } from "./unet-settings";
export type { Conditions } from "./conditioning/check-told";
export { emptyCaptions, type TextEntry, type TextOptions } from "./conditioning/text";
export type { TextEncoderOptions } from "./text-encoder";
export type { Part } from "./parts";
export { networkSummary } from "./summary";
export type { TimeEntry } from "./unet-blocks";
export {
  classifier,
  type Classified,
  type Classifier,
  type ClassifierOptions,
  type ClassifyOptions,
} from "./classifier";
export type { TrunkOptions } from "./image-trunk";
export {
  textImagePair,
  type EmbedOptions,
  type TextImagePair,
  type TextImagePairOptions,
} from "./text-image-pair";
export { sequenceDenoiser, type SequenceDenoiser, type SequenceDenoiserOptions } from "./sequence-denoiser";
export { nearestTokens } from "./token-table";
export { embeddingPrior, type EmbeddingPrior, type EmbeddingPriorOptions } from "./embedding-prior";
