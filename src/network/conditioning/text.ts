import { tf } from "../../backend/tf";
import { checkShape, checkType } from "../../errors";
import { embedding } from "../../layers";
import type { Condition } from "../network";
import type { Parameters } from "../parameters";
import type { TextEncoderOptions } from "../text-encoder";

/** How a text enters a U-Net (lecture, "Cascaded Conditional Generation": text – vector embedding + spatial addition or cross-attention):
 * as one vector beside that of the time, by attention of pixels to its words, or both. */
export type TextEntry = "vector" | "attention" | "both";

export interface TextOptions extends Omit<TextEncoderOptions, "name"> {
  /** Both if omitted. */
  readonly entry?: TextEntry;
  /** The sizes of images, in pixels, at which pixels attend to words; wherever they attend to each other if omitted. */
  readonly at?: readonly number[];
}

/** Whether pixels attend to words in images of the size. */
export const attendsToWords = ({ entry, at }: TextOptions, size: number, attends: boolean): boolean =>
  entry !== "vector" && (at?.includes(size) ?? attends);

/** The tokens of a condition. The start alone, which is the empty caption, stands for "none given".
 * @returns int32 [batch, length]
 * @throws RangeError or TypeError for tokens of another shape or type */
export function captionTokens({ tokens }: Condition, batch: number, length: number): tf.Tensor {
  if (!tokens) return emptyCaptions(batch, length);
  checkType("condition.tokens", tokens, "int32");
  checkShape("condition.tokens", tokens.shape, [batch, length]);
  return tokens;
}

/** int32 [batch, length]: the start, then padding. */
export const emptyCaptions = (batch: number, length: number): tf.Tensor2D =>
  tf.tile(tf.tensor2d([1, ...new Array<number>(length - 1).fill(0)], [1, length], "int32"), [batch, 1]);

/** A caption as one vector of the time's size: the sum of a vector for each of its words, learned as those of classes are. It knows which
 * words there are, and not their order (a "bag of words"); padding counts for nothing.
 * @returns of tokens int32 [batch, length] */
export function sumOfWords(
  parameters: Parameters,
  vocabulary: number,
  width: number,
): (tokens: tf.Tensor, values: readonly tf.Tensor[]) => tf.Tensor {
  const table = parameters.normal("text/vector/table", [vocabulary, width], 0.2);
  return (tokens, values) => {
    const word = tokens.greater(0).cast("float32").expandDims(2);
    return tf.sum(embedding(tokens, table(values)).mul(word), 1);
  };
}
