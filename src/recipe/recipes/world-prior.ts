import { cosineSchedule } from "../../schedule";
import { priorRecipe, type PriorRecipe } from "../prior-recipe";
import { shippedPair } from "../trained-pair";
import { worldData, worldTokenizer } from "./world-data";
import { worldFeatures, worldPair } from "./world-pair";

/** Embeddings of pictures of the world of shapes by captions: the prior of unCLIP, in the space of `world-pair`, which has to be there. Half
 * of the captions leave things out: to these, many embeddings belong, of which the prior has to choose one. */
export const worldPrior: PriorRecipe = priorRecipe({
  name: "world-prior",
  about: "embeddings of pictures by captions, in the space of world-pair",
  pair: shippedPair(worldPair),
  data: () => worldData(40_000),
  network: {
    features: worldFeatures,
    text: { vocabulary: worldTokenizer().vocabulary.length, length: 16 },
    width: 64,
    depth: 3,
    heads: 4,
  },
  schedule: cosineSchedule(1000),
  learningRate: { peak: 1e-3, warmup: 200 },
  unlabelled: 0.1,
  batch: 128,
  steps: 3000,
});
