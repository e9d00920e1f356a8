import type { tf } from "../backend/tf";
import { foldIn, type Seed } from "../random";
import { nextSeed, seedWords } from "../random/seed";
import { decode, type DecodeOptions } from "./decode";
import { captionEmbeddings, type Unclip } from "./models";
import { samplePrior, type SamplePriorOptions } from "./sample-prior";

export interface ByCaptionOptions {
  /** Of the embeddings; `"none"` leaves the prior out, and the decoder is told the embedding of the caption, as if it were that of an image
   * (the paper's figure 8 compares both). */
  readonly prior?: Omit<SamplePriorOptions, "seed" | "screen"> | "none";
  /** Of the images. */
  readonly decoder?: Omit<DecodeOptions, "captions" | "seed" | "screen" | "label" | "start">;
  /** What the decoder is told: the embedding and the caption, as in the paper, or the embedding alone. Both if omitted, for a decoder that reads
   * captions. */
  readonly told?: "both" | "embedding";
  readonly seed?: Seed;
  readonly screen?: SamplePriorOptions["screen"];
}

/** Images by captions, and what lies between. */
export interface ByCaption {
  /** What the decoder was told: unit vectors, float32 [captions, features]. */
  readonly embeddings: tf.Tensor2D;
  /** float32 [captions, size, size, channels]. */
  readonly images: tf.Tensor4D;
}

/** Text to image by unCLIP: P(image | caption) as the decoder's P(image | embedding, caption) after the prior's P(embedding | caption) (Ramesh et al. 2022,
 * section 2; lecture, "DALL-E 2"). Each of the two shows its progress. The decoder's noise depends on the seed alone, so that images with
 * and without a prior differ by their embeddings.
 * @throws RangeError for captions that cannot be read, or networks and options that do not fit; InterruptedError */
export async function generateByCaption(
  models: Unclip,
  captions: readonly string[],
  options: ByCaptionOptions = {},
): Promise<ByCaption> {
  const { prior = {}, decoder = {}, seed = nextSeed(), screen } = options;
  const { told = models.decoder.network.conditions.tokens > 0 ? "both" : "embedding" } = options;
  if (!ways.includes(told)) {
    throw new RangeError(`told is "${told}"; use ${ways.map((way) => `"${way}"`).join(" or ")}.`);
  }
  const words = seedWords(seed);
  const shown = screen && { screen };
  const embeddings =
    prior === "none"
      ? captionEmbeddings(models.pair, captions)
      : await samplePrior(models, captions, { ...prior, ...shown, seed: foldIn(words, 0) });
  try {
    const images = await decode(models.decoder, embeddings, {
      ...decoder,
      ...shown,
      ...(told === "both" && { captions }),
      seed: foldIn(words, 1),
    });
    return { embeddings, images };
  } catch (error) {
    embeddings.dispose();
    throw error;
  }
}

const ways: readonly string[] = ["both", "embedding"] satisfies ByCaptionOptions["told"][];
