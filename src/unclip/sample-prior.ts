import { tf } from "../backend/tf";
import { scaledEmbedding } from "../conditioning";
import { checkInteger } from "../errors";
import { foldIn } from "../random";
import { nextSeed, seedWords } from "../random/seed";
import type { GenerateOptions } from "../recipe";
import { generateSamples } from "../recipe/generate";
import { captionEmbeddings, checkFeatures, type Unclip } from "./models";
import { unitVectors } from "./sphere";

export interface SamplePriorOptions extends Pick<
  GenerateOptions,
  "sampler" | "times" | "batch" | "seed" | "screen"
> {
  /** γ of classifier-free guidance: how strongly samples are led to their captions; 1 if omitted, which is the model as it is. */
  readonly gamma?: number;
  /** How many embeddings are sampled for each caption, of which the one nearest to the caption's own is kept: 2 if omitted, as in the
   * paper. More make images that follow captions better, and are less diverse. */
  readonly candidates?: number;
}

/** Embeddings of images that captions might have: samples of unCLIP's prior (Ramesh et al. 2022, section 2.2), with progress.
 * @returns unit vectors, float32 [captions, features]
 * @throws RangeError for captions that cannot be read, options that do not fit, or a prior of another space; InterruptedError */
export async function samplePrior(
  { pair, prior }: Pick<Unclip, "pair" | "prior">,
  captions: readonly string[],
  options: SamplePriorOptions = {},
): Promise<tf.Tensor2D> {
  const { candidates = 2, gamma = 1, seed = nextSeed(), ...settings } = options;
  checkInteger("the number of captions", captions.length, 1);
  checkInteger("candidates", candidates, 1);
  const words = seedWords(seed);
  const texts = captionEmbeddings(pair, captions);
  const vector = scaledEmbedding(texts);
  const nothing = tf.zerosLike(vector);
  const drawn: tf.Tensor2D[] = [];
  try {
    checkFeatures("prior", prior.network.shape[0], texts.shape[1]);
    for (let i = 0; i < candidates; i++) {
      const samples = await generateSamples(prior, {
        ...settings,
        captions,
        condition: { vector },
        guidance: { gamma, negative: { vector: nothing } },
        seed: foldIn(words, i),
        label: candidates === 1 ? "prior" : `prior, candidate ${i + 1} of ${candidates}`,
      });
      drawn.push(unitVectors(samples));
      samples.dispose();
    }
    return nearest(drawn, texts);
  } finally {
    tf.dispose([texts, vector, nothing, drawn]);
  }
}

/** Of each row's candidates the one with the largest product with the text's embedding. */
function nearest(drawn: readonly tf.Tensor2D[], texts: tf.Tensor2D): tf.Tensor2D {
  const cosines = (of: tf.Tensor2D): tf.Tensor => of.mul(texts).sum(1, true);
  const nearer = (best: tf.Tensor2D, other: tf.Tensor2D): tf.Tensor2D =>
    tf.where(cosines(other).greater(cosines(best)), other, best);
  return tf.tidy(() => drawn.reduce(nearer).clone());
}
