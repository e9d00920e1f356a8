export { train, type TrainOptions, type Training } from "./train";
export type { TrainingCheckpoint } from "./resume";
export { trainingState } from "./training-state";
export { lossCurve } from "./loss-curve";
