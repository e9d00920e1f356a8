import {
  cosineSchedule,
  diffusionRecipe,
  loadDigits,
  type DiffusionRecipe,
  type DiffusionSettings,
} from "diffusion";
import type { ProgressState } from "../../../src/progress";

/** A recipe that takes a second. */
export const tiny = (changes: Partial<DiffusionSettings> = {}): DiffusionRecipe =>
  diffusionRecipe({
    name: "tiny",
    about: "for tests",
    data: () => ({ train: loadDigits({ count: 30 }), heldOut: loadDigits({ split: "heldOut", count: 30 }) }),
    network: { size: 28, width: 4, multipliers: [1, 1], groups: 2, classes: 10 },
    schedule: cosineSchedule(50),
    predicts: "v",
    stages: [
      { steps: 4, peak: 1e-2, warmup: 2, unlabelled: 0.2 },
      { steps: 2, peak: 1e-3, warmup: 1 },
    ],
    batch: 4,
    ...changes,
  });

export const states: ProgressState[] = [];

/** A screen that keeps what it is told. */
export const screen = { pictures: false, show: (state: ProgressState): void => void states.push(state) };
