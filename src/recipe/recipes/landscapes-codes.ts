import { codeBottleneck } from "../../latent";
import { autoencoderRecipe, type AutoencoderRecipe } from "../autoencoder-recipe";
import { landscapeCoder } from "./landscape-coder";

const { sizes, ...learning } = landscapeCoder;

/** Landscapes as 16 × 16 codes out of 256: a byte for each square of 4 × 4 pixels. */
export const landscapesCodes: AutoencoderRecipe = autoencoderRecipe({
  name: "landscapes-codes",
  about: "64 × 64 landscapes as 16 × 16 codes, and back",
  network: { ...sizes, bottleneck: codeBottleneck({ channels: 4, codes: 256, weight: 0.25 }) },
  ...learning,
});
