export { normalKl, toBits, type NormalParameters } from "./normal-kl";
export { denoisingErrors, type DenoisingErrors } from "./denoising-errors";
export {
  klWeights,
  lowerBound,
  priorWeights,
  reconstructionWeights,
  type Bound,
  type TermWeights,
} from "./bound";
export { bitsPerDimension, type BitsOptions, type BitsPerDimension } from "./bits-per-dimension";
export { bestDecoderVariance } from "./best-decoder-variance";
export { levelValues, logLevelProbability } from "./discrete-decoder";
export { timeProbabilities } from "./drawn-times";
export type { SpentBits } from "./spent-by-time";
export type { GuessOptions, GuessState } from "./visit-guesses";
export {
  boundWeighting,
  minSnrWeighting,
  predictionWeighting,
  simpleWeighting,
  snrWeighting,
  type Weighting,
} from "./weighting";
export { denoisingLoss, type DenoisingLossOptions } from "./denoising-loss";
export { optimalVariance } from "./optimal-variance";
export {
  diffusionEstimates,
  type DiffusionEstimatesOptions,
  type ScheduleFunction,
} from "./diffusion-estimates";
export { crossEntropy } from "./cross-entropy";
export { contrastiveLoss, type ContrastiveLossOptions } from "./contrastive-loss";
export { sequenceLoss, type SequenceLossOptions } from "./sequence-loss";
export { standardNormalKl } from "./standard-normal-kl";
export { reconstructionLoss, type ReconstructionError } from "./reconstruction-loss";
export { perceptualDistance, type Seen } from "./perceptual-distance";
