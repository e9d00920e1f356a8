import { tf } from "../backend/tf";
import { compile } from "../compile";
import type { TextImagePair } from "../network";
import { pace } from "../notebook/pace";
import type { Tokenizer } from "../text";
import { captionTensor } from "../text/caption-tensor";

/** A network for images and captions, with what it reads captions by. */
export interface CaptionedPair {
  readonly network: Pick<TextImagePair, "embedImages" | "embedCaptions">;
  readonly tokenizer: Tokenizer;
}

/** Pictures with a caption for each. */
export interface CaptionedImages {
  /** float32 [count, size, size, channels] in [-1, 1]. */
  readonly images: tf.Tensor4D;
  readonly captions: readonly string[];
}

/** Unit vectors, float32 [count, features]; those of partners in the same rows. */
export interface EmbeddedPairs {
  readonly images: tf.Tensor2D;
  readonly captions: tf.Tensor2D;
}

export interface EmbedPairsOptions {
  /** How many at once. */
  readonly batch?: number;
}

/** Embeds many images and their captions, some at a time: what `retrieval` is measured on.
 * @throws RangeError unless there is a caption for each image, or for one that the tokenizer can't read
 * @throws InterruptedError */
export async function embedPairs(
  { network, tokenizer }: CaptionedPair,
  { images, captions }: CaptionedImages,
  { batch = 250 }: EmbedPairsOptions = {},
): Promise<EmbeddedPairs> {
  const tokens = tokensOf({ images, captions }, tokenizer);
  const step = compile((x: tf.Tensor, read: tf.Tensor) => ({
    images: network.embedImages(x),
    captions: network.embedCaptions(read),
  }));
  const paced = pace();
  const made: EmbeddedPairs[] = [];
  try {
    for (let from = 0; from < captions.length; from += batch) {
      const size = Math.min(batch, captions.length - from);
      made.push(tf.tidy(() => step(images.slice(from, size), tokens.slice(from, size))));
      await paced();
    }
    return {
      images: tf.concat(made.map((each) => each.images)),
      captions: tf.concat(made.map((each) => each.captions)),
    };
  } finally {
    step.dispose();
    tf.dispose([tokens, ...made.flatMap((each) => [each.images, each.captions])]);
  }
}

/** The captions as a network reads them, int32 [count, length].
 * @throws RangeError unless there is one for each image */
export function tokensOf({ images, captions }: CaptionedImages, tokenizer: Tokenizer): tf.Tensor2D {
  const [count] = images.shape;
  if (captions.length !== count) {
    throw new RangeError(`captions has ${captions.length} for ${count} images; give one for each.`);
  }
  return captionTensor(captions, tokenizer);
}
