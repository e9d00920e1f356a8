import { loadEmoji, type EmojiSplit } from "../../data";
import { chooseEmoji } from "../../data/emoji/choose";
import { bytePairTokenizer, type Tokenizer } from "../../text";
import type { LabelledImages, RecipeData } from "../recipe";

export const emojiVocabulary = 1024;
export const emojiLength = 16;

/** Names of emoji as networks read them: frequent words, and pieces of rare ones. */
export function emojiTokenizer(): Tokenizer {
  const captions = chooseEmoji({ split: "train" }).map(({ caption }) => caption);
  return bytePairTokenizer({ captions, size: emojiVocabulary, length: emojiLength });
}

/** Emoji of 32 pixels a side, with their names; and those whose like training never shows. */
export const emojiData = (): RecipeData => ({ train: named("train"), heldOut: named("heldOut") });

function named(split: EmojiSplit): LabelledImages {
  const { images, captions } = loadEmoji({ split });
  return { images, captions, labels: new Int32Array(captions.length) };
}
