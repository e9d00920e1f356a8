import { alignment } from "../../data";
import type { UNetOptions } from "../../network";
import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { smallPictures } from "./small-pictures";
import { worldData, worldTokenizer } from "./world-data";

/** Who draws shapes by what captions say of them. */
export const worldNetwork: Omit<UNetOptions, "steps" | "seed"> = {
  ...smallPictures,
  // Captions speak of left and right.
  coordinates: true,
  text: {
    vocabulary: worldTokenizer().vocabulary.length,
    length: 16,
    width: 64,
    depth: 2,
    heads: 4,
    at: [16, 8],
  },
};

/** Pictures of the world of shapes by their captions. */
export const world: DiffusionRecipe = diffusionRecipe({
  name: "world",
  about: "32 × 32 pictures of shapes by their captions",
  data: () => worldData(20_000),
  tokenizer: worldTokenizer,
  network: worldNetwork,
  // Large flat shapes show through much noise: what is where is decided before.
  schedule: cosineSchedule(1000, { shift: -2 }),
  predicts: "v",
  stages: [{ steps: 8_000, peak: 2e-3, warmup: 300, unlabelled: 0.15 }],
  batch: 64,
  judge: async (samples, captions) => {
    const { all, place, colour } = await alignment(samples, captions);
    return { "as captioned": all.share, "in its place": place.share, "in its colour": colour.share };
  },
});
