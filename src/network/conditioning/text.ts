import { tf } from "../../backend/tf";
import { checkShape, checkType } from "../../errors";
import { linear } from "../modules";
import type { Condition } from "../network";
import type { Parameters } from "../parameters";
import { textEncoder, type EncodedText, type TextEncoderOptions } from "../text-encoder";

/** How a text enters a U-Net (lecture, "Cascaded Conditional Generation": text – vector embedding + spatial addition or cross-attention):
 * as one vector with the time, by attention of pixels to its words, or both. */
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

/** The tokens of a condition, encoded. The start alone, which is the empty caption, stands for "none given".
 * @returns with `start`, the vector of the first token: what it has gathered of the others */
export function readText(
  parameters: Parameters,
  options: TextOptions,
): (
  batch: number,
  condition: Condition,
  values: readonly tf.Tensor[],
) => EncodedText & { readonly start: tf.Tensor } {
  const { length } = options;
  const encode = textEncoder(parameters, { ...options, name: "text" });
  return (batch, { tokens }, values) => {
    if (tokens) {
      checkType("condition.tokens", tokens, "int32");
      checkShape("condition.tokens", tokens.shape, [batch, length]);
    }
    const encoded = encode(tokens ?? emptyCaptions(batch, length), values);
    const start = encoded.tokens.slice([0, 0, 0], [-1, 1, -1]).reshape([batch, -1]);
    return { ...encoded, start };
  };
}

/** int32 [batch, length]: the start, then padding. */
export const emptyCaptions = (batch: number, length: number): tf.Tensor2D =>
  tf.tile(tf.tensor2d([1, ...new Array<number>(length - 1).fill(0)], [1, length], "int32"), [batch, 1]);

/** A text as one vector of the time's size. It starts at 0. */
export function textVector(
  parameters: Parameters,
  textWidth: number,
  width: number,
): ReturnType<typeof linear> {
  return linear(parameters, "text/vector", textWidth, width, 0);
}
