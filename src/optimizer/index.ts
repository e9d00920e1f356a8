export { valueAndGradients, type ValueAndGradients } from "./gradients";
export { clipByGlobalNorm, globalNorm } from "./clip";
export {
  inTurn,
  warmupCosine,
  type LearningRate,
  type LearningRatePart,
  type WarmupCosineOptions,
} from "./learning-rate";
export { adam, type AdamOptions, type Optimizer } from "./adam";
export { movingAverage, type MovingAverage, type MovingAverageOptions } from "./moving-average";
