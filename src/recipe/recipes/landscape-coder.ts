import type { AutoencoderSettings } from "../autoencoder-recipe";
import { landscapeClassifier } from "./landscape-classifier";
import { landscapeData } from "./landscape-data";

/** What autoencoders of 64 × 64 landscapes have in common, whatever their bottleneck: latents of 16 × 16 pixels. */
export const landscapeCoder: Omit<AutoencoderSettings, "name" | "about" | "network"> & {
  readonly sizes: Omit<AutoencoderSettings["network"], "bottleneck">;
} = {
  data: () => landscapeData(64),
  sizes: { size: 64, channels: 3, width: 24, multipliers: [1, 2, 4] },
  perceptual: { classifier: landscapeClassifier, weight: 0.1 },
  learningRate: { peak: 2e-3, warmup: 200 },
  decay: 0.995,
  batch: 32,
  steps: 3000,
};
