import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import type { DecodeOptions } from "./decode";
import { bipartiteLatent, editTimes } from "./latents";
import { captionEmbeddings, type Unclip } from "./models";
import { checkShares, decodePaths } from "./path";
import { towardsText } from "./sphere";

export interface TextDifferenceOptions extends Pick<
  DecodeOptions,
  "gamma" | "times" | "batch" | "seed" | "screen"
> {
  /** A caption of each image as it is. */
  readonly from: readonly string[];
  /** A caption of each image as it is to be. */
  readonly to: readonly string[];
  /** How far images are taken, see {@link towardsText}: 0, 1/8, 1/4, 3/8 and 1/2 if omitted. */
  readonly shares?: readonly number[];
}

/** Images that are changed by words, "text diffs" (Ramesh et al. 2022, section 3.3): their embeddings move by the difference of two captions, and
 * their noise stays as it is, so that the decoder changes no more than that asks for. At the share 0 images come back as they are.
 * @param images float32 [count, size, size, channels] in [-1, 1]
 * @returns float32 [count · shares, size, size, channels]: the way of the first image, then that of the second, …
 * @throws RangeError or TypeError for images, captions or options that do not fit; InterruptedError */
export async function textDifferences(
  models: Pick<Unclip, "pair" | "decoder">,
  images: tf.Tensor4D,
  options: TextDifferenceOptions,
): Promise<tf.Tensor4D> {
  const {
    from,
    to,
    shares = [0, 0.125, 0.25, 0.375, 0.5],
    times = editTimes(models.decoder),
    ...settings
  } = options;
  checkShares(shares);
  const [count] = images.shape;
  checkInteger("the number of captions in `from`", from.length, count, count);
  checkInteger("the number of captions in `to`", to.length, count, count);
  const { screen } = settings;
  const texts = tf.tidy(() => [from, to].map((captions) => captionEmbeddings(models.pair, captions)));
  try {
    const { embeddings, noise } = await bipartiteLatent(models, images, { times, ...(screen && { screen }) });
    texts.push(embeddings);
    try {
      return await decodePaths(
        models.decoder,
        shares,
        (share) => ({ embeddings: towardsText(embeddings, texts[0], texts[1], share), noise }),
        { ...settings, times, label: "text difference" },
      );
    } finally {
      noise.dispose();
    }
  } finally {
    tf.dispose(texts);
  }
}
