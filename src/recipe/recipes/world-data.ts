import { worldPictures, worldWords, type WorldOptions } from "../../data";
import { wordTokenizer, type Tokenizer } from "../../text";
import type { LabelledImages, RecipeData } from "../recipe";

/** Captions of the world as a network reads them: the longest has 15 words. */
export const worldTokenizer = (): Tokenizer => wordTokenizer({ words: worldWords, length: 16 });

/** Pictures to learn from, with captions that leave things out, and pictures with captions that training never shows. */
export const worldData = (count: number): RecipeData => ({
  train: captioned({ count, seed: 1, split: "train" }),
  heldOut: captioned({ count: 256, seed: 2, split: "heldOutCaptions", captions: "full" }),
});

const captioned = (options: WorldOptions): LabelledImages => {
  const { images, captions } = worldPictures(options);
  return { images, captions, labels: new Int32Array(captions.length) };
};
