import { checkInteger } from "../errors";

export interface TextQualityOptions {
  /** Whether a text is right. */
  readonly isValid: (text: string) => boolean;
  /** The texts that the model has learned from. */
  readonly known: Iterable<string>;
}

/** How good generated texts are that are right or wrong (as molecules are judged by Polykovskiy et al. 2020, "Molecular sets (MOSES)", section 4).
 * No share says enough by itself: a model that repeats one right text is valid, one that recites its data valid and unique, and one that
 * knows only `C` and `CC` is all but new. */
export interface TextQuality {
  /** The share of texts that are right. */
  readonly valid: number;
  /** Of these, the share of different ones; 0 if there are none. */
  readonly unique: number;
  /** Of the different ones, the share that is not among those learned from; 0 if there are none. */
  readonly novel: number;
  /** The mean number of characters of those that are right; 0 if there are none. */
  readonly meanLength: number;
}

/** @throws RangeError if there are no texts */
export function textQuality(texts: readonly string[], { isValid, known }: TextQualityOptions): TextQuality {
  checkInteger("the number of texts", texts.length, 1);
  const right = texts.filter(isValid);
  const different = [...new Set(right)];
  const seen = new Set(known);
  const share = (part: number, all: number): number => (all === 0 ? 0 : part / all);
  return {
    valid: right.length / texts.length,
    unique: share(different.length, right.length),
    novel: share(different.filter((text) => !seen.has(text)).length, different.length),
    meanLength: share(
      right.reduce((sum, text) => sum + text.length, 0),
      right.length,
    ),
  };
}
