import { checkInteger } from "../errors";

export interface SequenceTokenizerOptions {
  /** What texts consist of: characters, or words. */
  readonly symbols: readonly string[];
  /** Tokens of a row. */
  readonly length: number;
  /** What stands between two symbols: nothing if omitted, then each symbol is one character; `" "` for words. */
  readonly separator?: string;
}

/** Texts as rows of whole numbers and back, for networks that write texts: unlike the captions of a `Tokenizer`, which are only read,
 * rows have no start, and every row is some text. */
export interface SequenceTokenizer {
  /** All tokens by number: 0 is padding, then the symbols. */
  readonly vocabulary: readonly string[];
  readonly length: number;
  readonly separator: string;
  /** @returns int32 [texts, length], row by row: the symbols, then padding
   * @throws RangeError for a text with other symbols, or more than fit */
  encode(texts: readonly string[]): Int32Array;
  /** Padding at the end is left out; before a symbol it is written as `·`, so that a row that goes on after its end does not look right.
   * @param tokens [texts, length], row by row
   * @throws RangeError for numbers that are no tokens, or rows that are not whole */
  decode(tokens: ArrayLike<number>): string[];
}

/** A token for each symbol, and padding.
 * @throws RangeError for a symbol that is empty, there twice, or `·`; for a length below 1 */
export function sequenceTokenizer({
  symbols,
  length,
  separator = "",
}: SequenceTokenizerOptions): SequenceTokenizer {
  checkInteger("length", length, 1);
  checkSymbols(symbols, separator);
  const vocabulary = [paddingSign, ...symbols];
  const numbers = new Map(symbols.map((symbol, i) => [symbol, i + 1]));
  return {
    vocabulary,
    length,
    separator,
    encode(texts) {
      const rows = new Int32Array(texts.length * length);
      texts.forEach((text, i) => {
        const found = text === "" ? [] : text.split(separator);
        const tokens = found.map((symbol) => numbers.get(symbol) ?? unknown(symbol, text, i, symbols));
        checkFits(tokens.length, length, text, i);
        rows.set(tokens, i * length);
      });
      return rows;
    },
    decode(tokens) {
      checkInteger(`the number of tokens / ${length}`, tokens.length / length, 0);
      return Array.from({ length: tokens.length / length }, (_, i) => {
        const row = Array.from({ length }, (_, j) => tokens[i * length + j]);
        row.forEach((token, j) => {
          checkInteger(`tokens[${i * length + j}]`, token, 0, symbols.length);
        });
        const end = row.findLastIndex((token) => token > 0) + 1;
        return row
          .slice(0, end)
          .map((token) => vocabulary[token])
          .join(separator);
      });
    },
  };
}

const paddingSign = "·";

function checkSymbols(symbols: readonly string[], separator: string): void {
  symbols.forEach((symbol, i) => {
    const whole = separator === "" ? symbol.length === 1 : symbol !== "" && !symbol.includes(separator);
    if (whole && symbol !== paddingSign && symbols.indexOf(symbol) === i) return;
    const wanted = separator === "" ? "one character" : `a text without "${separator}"`;
    throw new RangeError(
      `symbols[${i}] is "${symbol}"; each symbol must be ${wanted}, stand there once, and not be "${paddingSign}".`,
    );
  });
}

function unknown(symbol: string, text: string, i: number, symbols: readonly string[]): never {
  throw new RangeError(
    `texts[${i}], "${text}", has "${symbol}", which is not among the symbols ${symbols.join(" ")}.`,
  );
}

function checkFits(count: number, length: number, text: string, i: number): void {
  if (count <= length) return;
  throw new RangeError(
    `texts[${i}], "${text}", has ${count} symbols; ${length} are the most that this tokenizer takes.`,
  );
}
