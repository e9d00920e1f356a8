import { tf } from "../backend/tf";
import { scaledEmbedding } from "../conditioning";
import { checkShape, checkType } from "../errors";
import { invert } from "../editing";
import { progress, type ProgressOptions } from "../progress";
import { samplingTimes } from "../schedule";
import { checkFeatures, type Unclip } from "./models";

export interface LatentOptions extends Pick<ProgressOptions, "screen"> {
  /** Of the sampler that is to lead back; 50 even steps if omitted. */
  readonly times?: readonly number[];
}

/** Both parts of what unCLIP knows of an image. */
export interface BipartiteLatent {
  /** What the pair knows of it: unit vectors, float32 [batch, features]. */
  readonly embeddings: tf.Tensor2D;
  /** All the rest: the noise from which DDIM makes the image, told its embedding; float32 [batch, size, size, channels]. */
  readonly noise: tf.Tensor4D;
}

/** The bipartite latent (z, x_T) of images (Ramesh et al. 2022, section 3): their embeddings, and the noise to which the decoder, told these,
 * leads by DDIM inversion. Together they give the images again.
 * @param images float32 [batch, size, size, channels] in [-1, 1]
 * @throws RangeError or TypeError for images or times that do not fit, or a decoder of another space; InterruptedError */
export async function bipartiteLatent(
  { pair, decoder }: Pick<Unclip, "pair" | "decoder">,
  images: tf.Tensor4D,
  { times = editTimes(decoder), screen }: LatentOptions = {},
): Promise<BipartiteLatent> {
  const { network, schedule } = decoder;
  checkType("images", images, "float32");
  checkShape("images", images.shape, [null, ...network.shape]);
  const embeddings = pair.network.embedImages(images);
  const vector = scaledEmbedding(embeddings);
  try {
    checkFeatures("decoder", network.conditions.vector, embeddings.shape[1]);
    const bar = progress(times.length - 1, { label: "inversion", ...(screen && { screen }) });
    const noise = await invert(decoder.denoiser({ vector }), images, schedule, {
      times,
      callback: () => bar.advance(),
    });
    await bar.finish();
    return { embeddings, noise: noise as tf.Tensor4D };
  } catch (error) {
    embeddings.dispose();
    throw error;
  } finally {
    vector.dispose();
  }
}

/** The times of a way there and back, which has to be fine. */
export const editTimes = ({ schedule }: Unclip["decoder"]): readonly number[] =>
  samplingTimes(schedule, Math.min(50, schedule.steps));
