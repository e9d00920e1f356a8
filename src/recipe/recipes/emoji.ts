import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { emojiData, emojiLength, emojiTokenizer, emojiVocabulary } from "./emoji-data";
import { smallPictures } from "./small-pictures";

/** Emoji by their names: 1,400 pictures are few, and the network will know many of them by heart. */
export const emoji: DiffusionRecipe = diffusionRecipe({
  name: "emoji",
  about: "32 × 32 emoji by their names",
  data: emojiData,
  tokenizer: emojiTokenizer,
  network: {
    ...smallPictures,
    dropout: 0.1,
    text: {
      vocabulary: emojiVocabulary,
      length: emojiLength,
      width: 64,
      depth: 2,
      heads: 4,
      at: [16, 8],
    },
  },
  schedule: cosineSchedule(1000),
  predicts: "v",
  stages: [{ steps: 6_000, peak: 2e-3, warmup: 300, unlabelled: 0.15 }],
  batch: 64,
});
