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
export { boundWeighting, minSnrWeighting, simpleWeighting, snrWeighting, type Weighting } from "./weighting";
export { denoisingLoss, type DenoisingLossOptions } from "./denoising-loss";
export { optimalVariance } from "./optimal-variance";
export {
  diffusionEstimates,
  type DiffusionEstimatesOptions,
  type ScheduleFunction,
} from "./diffusion-estimates";
