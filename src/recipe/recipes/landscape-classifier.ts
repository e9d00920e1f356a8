import { landscapeKinds } from "../../data";
import { classifierRecipe, type ClassifierRecipe } from "../classifier-recipe";
import { landscapeData } from "./landscape-data";

/** What generated landscapes of 64 × 64 pixels are judged by: it tells the time of the day, the number of ridges and the ground, and
 * its features are what distances of samples are measured on. */
export const landscapeClassifier: ClassifierRecipe = classifierRecipe({
  name: "landscape-classifier",
  about: "the kind of a 64 × 64 landscape; its features measure the quality of samples",
  data: () => landscapeData(64),
  network: {
    size: 64,
    channels: 3,
    classes: landscapeKinds.length,
    width: 16,
    multipliers: [1, 2, 4, 4],
    features: 64,
    dropout: 0.1,
  },
  smoothing: 0.05,
  learningRate: { peak: 2e-3, warmup: 100 },
  batch: 64,
  steps: 2000,
});
