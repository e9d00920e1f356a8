import { landscapeKinds } from "../../data";
import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { landscapeData } from "./landscape-data";
import { landscapesAutoencoder } from "./landscapes-autoencoder";

/** Latent diffusion: 64 × 64 landscapes of a given kind, by a network that sees 16 × 16 pixels. */
export const landscapesLatent: DiffusionRecipe = diffusionRecipe({
  name: "landscapes-latent",
  about: "64 × 64 landscapes by kind, in the latents of landscapes-autoencoder",
  data: () => landscapeData(64),
  latent: { autoencoder: landscapesAutoencoder },
  network: {
    size: 16,
    channels: 4,
    width: 64,
    multipliers: [1, 2, 2],
    attention: [8],
    heads: 4,
    time: "adaptive",
    classes: landscapeKinds.length,
  },
  schedule: cosineSchedule(1000),
  predicts: "v",
  stages: [{ steps: 6000, peak: 2e-3, warmup: 300, unlabelled: 0.15 }],
  batch: 64,
});
