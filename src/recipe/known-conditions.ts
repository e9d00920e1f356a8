import { tf } from "../backend/tf";
import { emptyCaptions, type Condition, type Conditions } from "../network";
import { randomUniform } from "../random";
import type { Tokenizer } from "../text";
import { captionTensor } from "../text/caption-tensor";
import type { LabelledImages } from "./recipe";

/** What is known of images and a network can be told, as tensors. They are the caller's to dispose of.
 * @throws RangeError for a network that takes captions if there are none, or no tokenizer */
export function knownConditions(
  { labels, captions }: Omit<LabelledImages, "images">,
  { classes, tokens }: Conditions,
  tokenizer: Tokenizer | undefined,
): Condition {
  return {
    labels: classes > 0 ? tf.tensor1d(labels, "int32") : undefined,
    tokens: tokens > 0 ? captionTokens(captions, tokens, tokenizer) : undefined,
  };
}

function captionTokens(
  captions: readonly string[] | undefined,
  length: number,
  tokenizer: Tokenizer | undefined,
): tf.Tensor2D {
  if (!captions || !tokenizer) {
    throw new RangeError(
      `The network takes captions of ${length} tokens, but there is no ${captions ? "tokenizer" : "caption"}; give both.`,
    );
  }
  return captionTensor(captions, tokenizer);
}

/** The conditions of some of the images.
 * @param index int32 [n] */
export const conditionsAt = ({ labels, tokens, vector }: Condition, index: tf.Tensor1D): Condition => ({
  labels: labels && tf.gather(labels, index),
  tokens: tokens && tf.gather(tokens, index),
  vector: vector && tf.gather(vector, index),
});

/** What samples are shown without, as shares of them; 0 if omitted. */
export interface Dropped {
  /** Class, caption and vector together. */
  readonly all?: number;
  /** The caption, of those that are left. */
  readonly captions?: number;
}

/** Conditions of which shares are dropped, sample by sample (Ho & Salimans 2022, algorithm 1). */
export function partlyDropped(
  { labels, tokens, vector }: Condition,
  { classes, tokens: length }: Conditions,
  { all = 0, captions = 0 }: Dropped,
): Condition {
  const batch = (labels ?? tokens ?? vector)?.shape[0];
  if (batch === undefined) return {};
  const dropped = randomUniform([batch]).less(all);
  const silent = captions > 0 ? dropped.logicalOr(randomUniform([batch]).less(captions)) : dropped;
  return {
    labels: labels && tf.where(dropped, tf.fill([batch], classes, "int32"), labels),
    tokens: tokens && tf.where(silent.expandDims(1), emptyCaptions(batch, length), tokens),
    vector: vector && tf.where(dropped.expandDims(1), tf.zerosLike(vector), vector),
  };
}
