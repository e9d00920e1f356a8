import { checkInteger } from "../errors";
import type { Tokenizer } from "./tokenizer";

/** Names of the tokens 0 and 1. No word contains their brackets. */
export const padding: string = "<padding>";
export const start: string = "<start>";

/** How the tokens of one caption are found.
 * @param name what an error calls the caption */
export type Split = (caption: string, name: string) => string[];

/** A tokenizer whose rows are a start, the tokens and padding. */
export function padded(words: Iterable<string>, length: number, split: Split): Tokenizer {
  checkInteger("length", length, 1);
  const vocabulary: readonly string[] = [padding, start, ...words];
  const numbers = new Map(vocabulary.map((token, number) => [token, number]));
  return {
    vocabulary,
    length,
    encode(captions) {
      const rows = new Int32Array(captions.length * length);
      captions.forEach((caption, i) => {
        const tokens = [start, ...split(caption, `captions[${i}]`)];
        checkFits(tokens.length, length, `captions[${i}], "${caption}",`);
        rows.set(
          tokens.map((token) => numbers.get(token) ?? 0),
          i * length,
        );
      });
      return rows;
    },
    tokens: (caption) => split(caption, "caption"),
  };
}

function checkFits(tokens: number, length: number, caption: string): void {
  if (tokens <= length) return;
  throw new RangeError(
    `${caption} has ${tokens} tokens with its start, but the tokenizer's length is ${length}; ` +
      "use a shorter caption, or a tokenizer of more length.",
  );
}
