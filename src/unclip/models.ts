import type { tf } from "../backend/tf";
import type { EmbeddingPrior } from "../network";
import {
  loadModel,
  loadPair,
  loadPrior,
  type CaptionedPair,
  type DiffusionModel,
  type diffusionRecipes,
  type pairRecipes,
  type priorRecipes,
} from "../recipe";
import { captionTensor } from "../text/caption-tensor";

/** The three networks of unCLIP, also called DALL-E 2 (Ramesh et al. 2022, figure 2; lecture, "DALL-E 2"). */
export interface Unclip {
  /** Puts images and captions into one space. */
  readonly pair: CaptionedPair;
  /** P(embedding of an image | caption). */
  readonly prior: DiffusionModel<EmbeddingPrior>;
  /** P(image | its embedding), or P(image | its embedding, caption). */
  readonly decoder: DiffusionModel;
}

/** Names of the course's recipes. */
export interface UnclipNames {
  readonly pair: keyof typeof pairRecipes;
  readonly prior: keyof typeof priorRecipes;
  readonly decoder: keyof typeof diffusionRecipes;
}

/** All three as the course ships them; those of the world of shapes if omitted.
 * @throws Error for weights that are missing, or made for another pair */
export function loadUnclip(names: Partial<UnclipNames> = {}): Unclip {
  const { pair = "world-pair", prior = "world-prior", decoder = "world-decoder" } = names;
  return { pair: loadPair(pair), prior: loadPrior(prior), decoder: loadModel(decoder) };
}

/** Unit vectors of captions, float32 [captions, features].
 * @throws RangeError for captions that the pair's tokenizer cannot read */
export function captionEmbeddings(
  { network, tokenizer }: CaptionedPair,
  captions: readonly string[],
): tf.Tensor2D {
  const tokens = captionTensor(captions, tokenizer);
  try {
    return network.embedCaptions(tokens);
  } finally {
    tokens.dispose();
  }
}

/** @throws RangeError unless the two networks work in a space of the same number of features */
export function checkFeatures(name: string, taken: number, features: number): void {
  if (taken === features) return;
  const takes = taken === 0 ? "takes no embedding" : `takes embeddings of ${taken} numbers`;
  throw new RangeError(
    `The ${name} ${takes}, and here they have ${features}; use one that learned in the space of this pair.`,
  );
}
