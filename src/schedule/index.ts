export type { Schedule } from "./schedule";
export { scheduleFromBetas, kernelVariance, logSnr } from "./schedule";
export { scheduleFromAlpha, scheduleFromLogSnr } from "./functions";
export {
  linearSchedule,
  slowlyIncreasingSchedule,
  type LinearOptions,
  type SlowlyIncreasingOptions,
} from "./linear";
export { cosineSchedule, type CosineOptions } from "./cosine";
export { sigmoidSchedule, type SigmoidOptions } from "./sigmoid";
export { straightSchedule, type StraightOptions } from "./straight";
export { zeroTerminalSnr } from "./zero-terminal-snr";
export { samplingTimes, type Spacing } from "./sampling-times";
