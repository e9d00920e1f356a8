export type { Schedule } from "./schedule";
export { scheduleFromBetas, logSnr } from "./schedule";
export { linearSchedule, type LinearOptions } from "./linear";
export { cosineSchedule, type CosineOptions } from "./cosine";
