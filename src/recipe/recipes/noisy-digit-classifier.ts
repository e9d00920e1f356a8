import { cosineSchedule } from "../../schedule";
import { classifierRecipe, type ClassifierRecipe } from "../classifier-recipe";
import { digitData } from "./digit-data";

/** What guides the model of digits to a class: it has learned to tell digits at all the times of that model's schedule. */
export const noisyDigitClassifier: ClassifierRecipe = classifierRecipe({
  name: "noisy-digit-classifier",
  about: "which digit a noisy image shows, at any time: for classifier guidance",
  data: digitData,
  network: { size: 28, classes: 10, width: 32, multipliers: [1, 2, 2], features: 64, dropout: 0.1 },
  schedule: cosineSchedule(4000, { offset: 0.002 }),
  augment: { shift: 1 },
  learningRate: { peak: 2e-3, warmup: 100 },
  decay: 0.998,
  batch: 64,
  steps: 4000,
});
