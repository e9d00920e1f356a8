/** Guidance: samples that are led to a condition. */
export { scaleWithin, type GuidanceScale } from "./scale";
export { classifierFree, type GuidanceOptions, type GuidedModels } from "./classifier-free";
export { dynamicThreshold, rescaled } from "./in-range";
export { classGradient, type ClassGradient, type NoisyLogits } from "./class-gradient";
export {
  classifierGuided,
  guidedMean,
  type ClassifierGuidanceOptions,
  type GuidedMeanOptions,
} from "./classifier";
