import { alignment } from "../../data";
import { imageEmbedding } from "../../conditioning";
import { cosineSchedule } from "../../schedule";
import { diffusionRecipe, type DiffusionRecipe } from "../diffusion-recipe";
import { shippedPair } from "../trained-pair";
import { world, worldNetwork } from "./world";
import { worldData, worldTokenizer } from "./world-data";
import { worldFeatures, worldPair } from "./world-pair";

/** Pictures of the world of shapes by their embeddings, and by their captions if they are given: the decoder of unCLIP (Ramesh et al. 2022,
 * section 2.1). What an embedding says of a picture is what `world-pair` keeps of it, so that pair has to be there. As in the paper, the network
 * is that of text to image, with the embedding beside the time and as words beside those of the caption; here it begins with the weights
 * of `world`. Samples are judged by the captions of the pictures whose embeddings they have. */
export const worldDecoder: DiffusionRecipe = diffusionRecipe({
  name: "world-decoder",
  about: "32 × 32 pictures of shapes by their embeddings in the space of world-pair",
  data: () => worldData(40_000),
  tokenizer: worldTokenizer,
  derived: imageEmbedding(shippedPair(worldPair)),
  network: {
    ...worldNetwork,
    vector: worldFeatures,
    vectorWords: 8,
  },
  from: world,
  // As for `world`.
  schedule: cosineSchedule(1000, { shift: -2 }),
  predicts: "v",
  // As in the paper, a tenth of the embeddings is dropped; of captions more than half, since `world` knows them already.
  stages: [
    { steps: 5000, peak: 1e-3, warmup: 300, unlabelled: 0.1, uncaptioned: 0.75 },
    { steps: 2400, peak: 1.5e-3, warmup: 100, unlabelled: 0.1, uncaptioned: 0.9 },
  ],
  batch: 64,
  judge: async (samples, captions) => {
    const { all, place, colour } = await alignment(samples, captions);
    return { "as captioned": all.share, "in its place": place.share, "in its colour": colour.share };
  },
});
