import { existsSync } from "node:fs";
import type { Precision } from "../backend/bfloat16";
import { tf } from "../backend/tf";
import type { Details } from "../checkpoint";
import { inBatches, latentSpace, type LatentSpace } from "../latent";
import type { AutoencoderRecipe } from "./autoencoder-recipe";
import { filled, shippedWeights, weightsHash } from "./shipped";
import type { LabelledImages, RecipeData } from "./recipe";

/** Whose latents a diffusion recipe learns. */
export interface LatentSource {
  readonly autoencoder: AutoencoderRecipe;
  /** The weights that `trainRecipe` wrote; those that the course ships if omitted. */
  readonly file?: string;
}

/** The space of the latents.
 * @param precision of what encodes and decodes
 * @throws Error for a file that is missing or damaged, or the weights of other settings */
export function latentSpaceOf(source: LatentSource, precision: Precision = "float32"): LatentSpace {
  const file = fileOf(source);
  if (existsSync(file)) return latentSpace(filled(source.autoencoder, file), { precision });
  const { name } = source.autoencoder;
  throw new Error(
    `${file} is missing: latents are those of the autoencoder "${name}", which is trained before, by npm run train -- ${name} --ship.`,
  );
}

/** What tells a source from others: latents of other weights mean something else. */
export const latentDetails = (source: LatentSource): Details => ({
  autoencoder: source.autoencoder.name,
  weights: weightsHash(fileOf(source)),
});

const fileOf = ({ autoencoder, file = shippedWeights(autoencoder.name) }: LatentSource): string => file;

/** The data with latents in the place of images, which are disposed of.
 * @throws InterruptedError */
export async function encodedData({ encode }: LatentSpace, data: RecipeData): Promise<RecipeData> {
  const encoded = async (each: LabelledImages): Promise<LabelledImages> => {
    try {
      return { ...each, images: await inBatches(encode, each.images) };
    } finally {
      tf.dispose(each.images);
    }
  };
  return { train: await encoded(data.train), heldOut: await encoded(data.heldOut) };
}
