import { tf } from "../../backend/tf";
import { worldPictures, worldWords, type WorldOptions } from "../../data";
import { wordTokenizer, type Tokenizer } from "../../text";
import type { LabelledImages } from "../recipe";

/** Captions of the world as a network reads them: the longest has 15 words. */
export const worldTokenizer = (): Tokenizer => wordTokenizer({ words: worldWords, length: 16 });

/** Pictures to learn from, and pictures with captions that training never shows. Half of the captions leave things out, as readers' will;
 * the other half says everything: what is where is learned from them much sooner. */
export const worldData = (count: number): Record<"train" | "heldOut", Captioned> => ({
  train: together(
    captioned({ count: count / 2, seed: 1, split: "train", captions: "full" }),
    captioned({ count: count / 2, seed: 3, split: "train" }),
  ),
  heldOut: captioned({ count: 256, seed: 2, split: "heldOutCaptions", captions: "full" }),
});

type Captioned = Required<LabelledImages>;

function together(...parts: readonly Captioned[]): Captioned {
  const images = tf.concat(parts.map((part) => part.images));
  tf.dispose(parts.map((part) => part.images));
  const captions = parts.flatMap((part) => part.captions);
  return { images, captions, labels: new Int32Array(captions.length) };
}

const captioned = (options: WorldOptions): Captioned => {
  const { images, captions } = worldPictures(options);
  return { images, captions, labels: new Int32Array(captions.length) };
};
