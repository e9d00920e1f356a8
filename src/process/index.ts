export { forwardStep } from "./forward";
export { diffusionKernel, diffuse } from "./kernel";
export { posterior, posteriorWeights, type PosteriorWeights } from "./posterior";
export {
  betaVariance,
  posteriorVariance,
  reverseStep,
  varianceBetween,
  varianceTable,
  type ReverseVariance,
} from "./reverse";
export { randomTimes, type RandomTimesOptions } from "./random-times";
export { logitNormalTimes, type LogitNormalOptions } from "./logit-normal-times";
export { trajectory, type TrajectoryOptions } from "./trajectory";
export type { Noise, Normal } from "./normal";
export type { Time } from "./time";
