import { worldPictures } from "../../data";
import { pairRecipe, type PairRecipe } from "../pair-recipe";
import { smallPair } from "./small-pair";
import { worldTokenizer } from "./world-data";

/** Which caption belongs to which picture of the world of shapes: captions say everything, and those that are kept back are of scenes that
 * training never shows. */
export const worldPair: PairRecipe = pairRecipe({
  name: "world-pair",
  about: "which caption belongs to which 32 × 32 picture of shapes",
  data: () => ({
    train: worldPictures({ count: 20_000, seed: 5, captions: "full" }),
    heldOut: worldPictures({ count: 500, seed: 6, split: "heldOutCaptions", captions: "full" }),
  }),
  tokenizer: worldTokenizer,
  network: {
    ...smallPair,
    text: { vocabulary: worldTokenizer().vocabulary.length, length: 16, width: 64, depth: 2, heads: 4 },
  },
  learningRate: { peak: 2e-3, warmup: 100 },
  batch: 128,
  steps: 1500,
});
