import { captionWords } from "./caption-words";
import { nearestWords, quoted } from "./nearest-words";
import { padded } from "./padded";
import type { Tokenizer } from "./tokenizer";

export interface WordTokenizerOptions {
  /** The words that are known; a repeated one counts once. */
  readonly words: readonly string[];
  /** Tokens of a caption, start and padding included. */
  readonly length: number;
  /** What happens to a word that is not among them: "error" if omitted; "skip" leaves it out. */
  readonly unknown?: "error" | "skip";
}

/** A tokenizer with a token for each word, for captions of few words: it knows nothing of others.
 * @throws RangeError if `words` has an entry that is not one word, or `length` is no whole number of 1 or more; its methods throw for
 * unknown words, and suggest others */
export function wordTokenizer({ words, length, unknown = "error" }: WordTokenizerOptions): Tokenizer {
  const known = new Set(words.map(checkedWord));
  return padded(known, length, (caption, name) =>
    captionWords(caption).filter((word) => {
      if (!known.has(word) && unknown === "error") throw unknownWord(word, name, [...known]);
      return known.has(word);
    }),
  );
}

function checkedWord(entry: string, i: number): string {
  const found = captionWords(entry);
  if (found.length === 1) return found[0];
  const parts = found.length > 0 ? `; it is ${found.length}: "${found.join('", "')}"` : "";
  throw new RangeError(`words[${i}] is "${entry}"; use one word for each entry${parts}.`);
}

function unknownWord(word: string, name: string, known: readonly string[]): RangeError {
  const advice = known.length > 0 ? `; the nearest are ${quoted(nearestWords(word, known))}` : "";
  return new RangeError(
    `${name} has the word "${word}", which is not among the ${known.length} words of this tokenizer${advice}.`,
  );
}
