export type { Network } from "./network";
export { mlp, type MlpOptions } from "./mlp";
export { timeEmbedding } from "./time-embedding";
export { monotoneSchedule, type LearnedSchedule, type MonotoneOptions } from "./monotone";
