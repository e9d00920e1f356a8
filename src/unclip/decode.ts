import { tf } from "../backend/tf";
import { scaledEmbedding } from "../conditioning";
import { checkShape, checkType } from "../errors";
import { generate, type DiffusionModel, type GenerateOptions } from "../recipe";
import { checkFeatures } from "./models";

export interface DecodeOptions extends Pick<
  GenerateOptions,
  "sampler" | "times" | "batch" | "seed" | "screen" | "label" | "start"
> {
  /** What the images show, for a decoder that reads captions besides embeddings; none if omitted. */
  readonly captions?: readonly string[];
  /** γ of classifier-free guidance: how strongly images are led to their embeddings, and captions; 1 if omitted, which is the model as it is. */
  readonly gamma?: number;
}

/** Images of given embeddings: samples of unCLIP's decoder (Ramesh et al. 2022, section 2.1), with progress.
 * @param embeddings of images, or of captions in their place: unit vectors, float32 [count, features]
 * @returns float32 [count, size, size, channels] in [-1, 1]
 * @throws RangeError or TypeError for embeddings or options that do not fit, or a decoder of another space; InterruptedError */
export async function decode(
  decoder: DiffusionModel,
  embeddings: tf.Tensor2D,
  { gamma = 1, label = "decoder", ...options }: DecodeOptions = {},
): Promise<tf.Tensor4D> {
  checkType("embeddings", embeddings, "float32");
  checkShape("embeddings", embeddings.shape, [null, null]);
  checkFeatures("decoder", decoder.network.conditions.vector, embeddings.shape[1]);
  const vector = scaledEmbedding(embeddings);
  const nothing = tf.zerosLike(vector);
  try {
    return await generate(decoder, {
      ...options,
      label,
      count: embeddings.shape[0],
      condition: { vector },
      guidance: { gamma, negative: { vector: nothing } },
    });
  } finally {
    tf.dispose([vector, nothing]);
  }
}
