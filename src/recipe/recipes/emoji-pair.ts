import { loadEmoji } from "../../data";
import { pairRecipe, type PairRecipe } from "../pair-recipe";
import { emojiLength, emojiTokenizer, emojiVocabulary } from "./emoji-data";
import { smallPair } from "./small-pair";

/** What generated emoji are judged by: whether a picture is nearer to its own name than to others. It is trained apart from what draws
 * them, and has never seen the emoji that are kept back. */
export const emojiPair: PairRecipe = pairRecipe({
  name: "emoji-pair",
  about: "which name belongs to which 32 × 32 emoji; judges generated ones",
  data: () => ({ train: loadEmoji({ split: "train" }), heldOut: loadEmoji({ split: "heldOut" }) }),
  tokenizer: emojiTokenizer,
  network: {
    ...smallPair,
    dropout: 0.1,
    text: { vocabulary: emojiVocabulary, length: emojiLength, width: 64, depth: 2, heads: 4 },
  },
  augment: { shift: 2 },
  learningRate: { peak: 2e-3, warmup: 100 },
  batch: 128,
  steps: 2000,
});
