export {
  loadCheckpoint,
  loadTensors,
  saveCheckpoint,
  type Checkpoint,
  type CheckpointContent,
  type SaveOptions,
} from "./checkpoint";
export type { Details, Json } from "./details";
export { restore } from "./restore";
