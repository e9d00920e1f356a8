import { classifierRecipe, type ClassifierRecipe } from "../classifier-recipe";
import { digitData } from "./digit-data";

/** What generated digits are judged by: it tells which digit one is, and its features are what distances of samples are measured
 * on. It has never seen the digits that are kept back. */
export const digitClassifier: ClassifierRecipe = classifierRecipe({
  name: "digit-classifier",
  about: "which digit a clean image shows; its features measure the quality of samples",
  data: digitData,
  network: { size: 28, classes: 10, width: 32, multipliers: [1, 2, 2], features: 64, dropout: 0.1 },
  augment: { shift: 2 },
  smoothing: 0.05,
  learningRate: { peak: 2e-3, warmup: 100 },
  batch: 64,
  steps: 2000,
});
