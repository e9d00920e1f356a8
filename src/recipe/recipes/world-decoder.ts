import { alignment } from "../../data";
import { imageEmbedding } from "../../conditioning";
import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { shippedPair } from "../trained-pair";
import { smallPictures } from "./small-pictures";
import { worldData } from "./world-data";
import { worldFeatures, worldPair } from "./world-pair";

/** Pictures of the world of shapes by their embeddings: the decoder of unCLIP. It never sees a caption; what it is told of a picture is what
 * `world-pair` keeps of it, so that pair has to be there. Samples are judged by the captions of the pictures whose embeddings they have. */
export const worldDecoder: DiffusionRecipe = diffusionRecipe({
  name: "world-decoder",
  about: "32 × 32 pictures of shapes by their embeddings in the space of world-pair",
  data: () => worldData(40_000),
  derived: imageEmbedding(shippedPair(worldPair)),
  network: {
    ...smallPictures,
    // An embedding says "left", and not which pixels these are.
    coordinates: true,
    vector: worldFeatures,
  },
  // As for `world`.
  schedule: cosineSchedule(1000, { shift: -2 }),
  predicts: "v",
  // As in the paper, section 2.1, a tenth of the embeddings is dropped.
  stages: [{ steps: 8000, peak: 2e-3, warmup: 300, unlabelled: 0.1 }],
  batch: 64,
  judge: async (samples, captions) => {
    const { all, place, colour } = await alignment(samples, captions);
    return { "as captioned": all.share, "in its place": place.share, "in its colour": colour.share };
  },
});
