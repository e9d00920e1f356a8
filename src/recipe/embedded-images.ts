import { tf } from "../backend/tf";
import { scaledEmbedding } from "../conditioning";
import type { Condition } from "../network";
import { embedPairs, tokensOf, type CaptionedImages, type CaptionedPair } from "./embed-pairs";

/** What a prior learns from: embeddings, and the captions that go with them. */
export interface EmbeddedImages {
  /** Scaled, float32 [count, features]. */
  readonly x: tf.Tensor2D;
  /** Tokens, and the captions' embeddings, scaled, as the vector. */
  readonly condition: Condition;
}

/** Images with their captions in the space of a pair. They never change in training, so that this is done once. */
export async function embeddedImages(pair: CaptionedPair, given: CaptionedImages): Promise<EmbeddedImages> {
  const unit = await embedPairs(pair, given);
  try {
    return {
      x: tf.tidy(() => scaledEmbedding(unit.images)),
      condition: {
        vector: tf.tidy(() => scaledEmbedding(unit.captions)),
        tokens: tokensOf(given, pair.tokenizer),
      },
    };
  } finally {
    tf.dispose({ ...unit });
  }
}
