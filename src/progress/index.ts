export { progress, type Progress, type ProgressOptions } from "./progress";
export { notebookScreen, terminalScreen, type Screen, type Terminal } from "./screen";
export type { ProgressState } from "./state";
