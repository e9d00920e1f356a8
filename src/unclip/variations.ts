import { tf } from "../backend/tf";
import { checkInteger, checkNumber } from "../errors";
import { ddim } from "../sampling";
import { decode, type DecodeOptions } from "./decode";
import { bipartiteLatent, editTimes } from "./latents";
import type { Unclip } from "./models";

export interface VariationOptions extends Pick<
  DecodeOptions,
  "gamma" | "times" | "batch" | "seed" | "screen"
> {
  /** How many of each image; 1 if omitted. */
  readonly each?: number;
  /** η of DDIM: at 0 the image itself comes back, but for the error of the steps; the more noise comes in on the way, the less is
   * kept beside the embedding. 1 if omitted. */
  readonly eta?: number;
}

/** Other images with the same embedding (Ramesh et al. 2022, section 3.1): from the bipartite latent of an image, DDIM with η > 0 leads to
 * images that share what the pair knows of it, and differ in the rest. So they show what an embedding holds.
 * @param images float32 [count, size, size, channels] in [-1, 1]
 * @returns float32 [count · each, size, size, channels]: those of the first image, then those of the second, …
 * @throws RangeError or TypeError for images or options that do not fit; InterruptedError */
export async function variations(
  { pair, decoder }: Pick<Unclip, "pair" | "decoder">,
  images: tf.Tensor4D,
  options: VariationOptions = {},
): Promise<tf.Tensor4D> {
  const { each = 1, eta = 1, times = editTimes(decoder), ...settings } = options;
  checkInteger("each", each, 1);
  checkNumber("eta", eta, 0, 1);
  const { screen } = settings;
  const latent = await bipartiteLatent({ pair, decoder }, images, { times, ...(screen && { screen }) });
  const [embeddings, start] = [latent.embeddings, latent.noise].map((part) => repeated(part, each));
  try {
    return await decode(decoder, embeddings as tf.Tensor2D, {
      ...settings,
      times,
      start,
      sampler: (denoise, z, schedule, given) => ddim(denoise, z, schedule, { ...given, eta }),
      label: "variations",
    });
  } finally {
    tf.dispose([{ ...latent }, embeddings, start]);
  }
}

/** Each row so many times, one after the other. */
function repeated(rows: tf.Tensor, times: number): tf.Tensor {
  const index = Array.from({ length: rows.shape[0] * times }, (_, i) => Math.floor(i / times));
  return tf.gather(rows, index);
}
