import { tf } from "../backend/tf";
import type { Details } from "../checkpoint";
import type { TextImagePair } from "../network";
import type { DerivedCondition } from "./derived";

export interface ImageEmbeddingOptions {
  /** What a checkpoint knows the pair by. */
  readonly details: Details;
  /** The pair in whose space images are embedded: asked for before training begins, and not earlier. */
  readonly network: () => Pick<TextImagePair, "embedImages">;
}

/** For the decoder of unCLIP (Ramesh et al. 2022, section 2.1; lecture, "DALL-E 2"): the sample's own embedding by a pair that is trained
 * already, which stays as it is. A share of samples is shown without it ("unlabelled" of a training stage), so that samples can be led by it. */
export function imageEmbedding({ details, network }: ImageEmbeddingOptions): DerivedCondition {
  return {
    get details() {
      return { condition: "image embedding", ...details };
    },
    leads: true,
    prepare: () => void network(),
    of: (x) => ({ vector: tf.tidy(() => scaledEmbedding(network().embedImages(x))) }),
  };
}

/** Embeddings as networks see them: of length √features instead of 1, so that a number's variance is about 1, as that of the noise. Without it, at
 * half of all times nothing of an embedding would be seen: a schedule is made for data of that variance.
 * @param unit unit vectors, float32 [batch, features] */
export function scaledEmbedding(unit: tf.Tensor): tf.Tensor2D {
  const [, features] = unit.shape as [number, number];
  return unit.mul(Math.sqrt(features));
}
