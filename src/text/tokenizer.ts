/** Turns captions into numbers that a network can read, one for each token. */
export interface Tokenizer {
  /** All tokens by number: 0 is padding, 1 the start of every caption, then the words or their pieces. */
  readonly vocabulary: readonly string[];
  /** Tokens of a caption, start and padding included. */
  readonly length: number;
  /** Captions as numbers: the start, the tokens, and padding up to the length. An empty caption is the start alone, which says that
   * no caption is given.
   * @returns int32 [captions, length], row by row
   * @throws RangeError if a caption has words that cannot be told or more tokens than fit */
  encode(captions: readonly string[]): Int32Array;
  /** The tokens of a caption as text, start and padding left out, as labels of an attention map: the first is at position 1. Any
   * number will do here, also more than `length`.
   * @throws RangeError if the caption has words that cannot be told */
  tokens(caption: string): string[];
}
