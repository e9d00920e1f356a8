import { normalBottleneck } from "../../latent";
import { autoencoderRecipe, type AutoencoderRecipe } from "../autoencoder-recipe";
import { landscapeCoder } from "./landscape-coder";

const { sizes, ...learning } = landscapeCoder;

/** Landscapes as latents of 16 × 16 × 4 numbers, a twelfth of their own: where latent diffusion works. */
export const landscapesAutoencoder: AutoencoderRecipe = autoencoderRecipe({
  name: "landscapes-autoencoder",
  about: "64 × 64 landscapes as latents of 16 × 16 × 4, and back",
  network: { ...sizes, bottleneck: normalBottleneck({ channels: 4, weight: 5e-3 }) },
  ...learning,
});
