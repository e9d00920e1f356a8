import { worldPictures } from "../../data";
import { pairRecipe, type PairRecipe } from "../pair-recipe";
import { smallPair } from "./small-pair";
import { worldTokenizer } from "./world-data";

/** Scenes that differ in one word or by an exchange, so many in a row. Were all of a step drawn at random, other words would tell them apart,
 * and which of two groups has which shape would hardly be learned. */
const runs = 4;

/** Numbers of an embedding: two groups have more to be kept than the one thing that an emoji shows. */
export const worldFeatures = 128;

/** Which caption belongs to which picture of the world of shapes: captions say everything, and those that are kept back are of scenes that
 * training never shows. */
export const worldPair: PairRecipe = pairRecipe({
  name: "world-pair",
  about: "which caption belongs to which 32 × 32 picture of shapes",
  data: () => ({
    train: worldPictures({ count: 40_000, seed: 5, captions: "full", runs }),
    heldOut: worldPictures({ count: 500, seed: 6, split: "heldOutCaptions", captions: "full" }),
  }),
  tokenizer: worldTokenizer,
  network: {
    ...smallPair,
    features: worldFeatures,
    text: { vocabulary: worldTokenizer().vocabulary.length, length: 16, width: 64, depth: 2, heads: 4 },
  },
  learningRate: { peak: 2e-3, warmup: 100 },
  batch: 128,
  runs,
  steps: 3000,
});
