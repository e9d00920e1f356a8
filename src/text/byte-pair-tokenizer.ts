import { checkInteger } from "../errors";
import { captionWords } from "./caption-words";
import { applyMerges, learnMerges, pairKey, type SpelledWord } from "./merges";
import { padded } from "./padded";
import type { Tokenizer } from "./tokenizer";

export interface BytePairTokenizerOptions {
  /** The captions to learn from: only those of the training data. Their order does not matter. */
  readonly captions: readonly string[];
  /** How many tokens there are at most. There are fewer if every word has become one token before. */
  readonly size: number;
  /** Tokens of a caption, start and padding included; that of the longest of `captions` if omitted. */
  readonly length?: number;
}

/** A tokenizer of frequent words and of pieces of rare ones (byte-pair encoding, Sennrich et al. 2016). It starts with letters and
 * digits, and merges what often stands together within a word into a new token until there are `size`. Words that it has not seen
 * are spelled from pieces. A piece that the word goes on after has a hyphen: "grin-", "ning".
 *
 * A word's last letter is a symbol of its own kind from the beginning, as in the authors' later program (subword-nmt 0.2); in the
 * paper, a symbol for the end follows it.
 * @throws RangeError if `size` is less than the letters need or `length` is no whole number of 1 or more; its methods throw for letters
 * of other alphabets */
export function bytePairTokenizer({ captions, size, length }: BytePairTokenizerOptions): Tokenizer {
  const words = countWords(captions);
  const letters = alphabet(words);
  checkInteger("size", size, 2 + letters.size);
  const { symbols, ranks } = learn(words, letters, size - 2);
  const known = new Map<string, readonly string[]>();
  const spell = (word: string, name: string): readonly string[] => {
    const spelling = known.get(word) ?? spelled(word, letters, ranks, name);
    known.set(word, spelling);
    return spelling;
  };
  const split = (caption: string, name: string): string[] =>
    captionWords(caption).flatMap((word) => spell(word, name));
  const longest = (): number =>
    captions.reduce((most, text) => Math.max(most, 1 + split(text, "").length), 1);
  return padded([...symbols].map(shown), length ?? longest(), split);
}

/** Takes merges until there are so many symbols. Two merges may make the same one. */
function learn(
  words: ReadonlyMap<string, number>,
  letters: ReadonlySet<string>,
  size: number,
): { symbols: ReadonlySet<string>; ranks: ReadonlyMap<string, number> } {
  const symbols = new Set(letters);
  const ranks = new Map<string, number>();
  const inOrder = [...words].sort(([a], [b]) => (a < b ? -1 : 1));
  const spelledWords = inOrder.map(([word, count]): SpelledWord => ({ symbols: lettersOf(word), count }));
  for (const pair of learnMerges(spelledWords)) {
    if (symbols.size === size) break;
    ranks.set(pairKey(pair), ranks.size);
    symbols.add(pair.join(""));
  }
  return { symbols, ranks };
}

function countWords(captions: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of captions.flatMap(captionWords)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Every letter within a word and at its end: those of English, so that any word can be spelled, and others that occur. */
function alphabet(words: ReadonlyMap<string, number>): Set<string> {
  const english = Array.from("abcdefghijklmnopqrstuvwxyz0123456789");
  const others = [...words.keys()].flatMap((word) => Array.from(word)).filter((letter) => letter !== "'");
  const letters = new Set([...english, ...others.sort()]);
  return new Set(["'", ...letters, ...[...letters].map((letter) => letter + end)]);
}

/** Marks a word's last symbol. It is not part of any word. */
const end = "·";

const lettersOf = (word: string): string[] =>
  Array.from(word).map((letter, i, all) => (i + 1 < all.length ? letter : letter + end));

function spelled(
  word: string,
  letters: ReadonlySet<string>,
  ranks: ReadonlyMap<string, number>,
  name: string,
): string[] {
  const symbols = lettersOf(word);
  const strange = symbols.find((letter) => !letters.has(letter));
  if (strange === undefined) return applyMerges(symbols, ranks).map(shown);
  throw new RangeError(
    `${name} has the word "${word}"; this tokenizer does not know its letter "${strange.replace(end, "")}". ` +
      "Use the letters a to z, or those of the captions that it has learned from.",
  );
}

/** What a reader sees: whole words as they are. */
const shown = (symbol: string): string =>
  symbol.endsWith(end) ? symbol.slice(0, -end.length) : `${symbol}-`;
