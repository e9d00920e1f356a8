/** Small networks of unCLIP, filled with numbers, and stand-ins that know the answer. */
import {
  cosineSchedule,
  diffusionModel,
  embeddingPrior,
  priorModel,
  randomNormal,
  textImagePair,
  tf,
  unet,
  wordTokenizer,
  type DiffusionModel,
  type EmbeddingPrior,
  type Network,
  type TextImagePair,
  type Tokenizer,
} from "diffusion";
import type { ProgressState } from "../../../src/progress";

export const states: ProgressState[] = [];
export const screen = { pictures: false, show: (state: ProgressState): void => void states.push(state) };
export const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

export const features = 6;
export const schedule = cosineSchedule(50);
export const tokenizer: Tokenizer = wordTokenizer({ words: ["red", "blue", "dot", "two"], length: 4 });
const text = { vocabulary: tokenizer.vocabulary.length, length: 4 };

/** Every part of it shows in what it gives. */
export function awake<N extends Pick<Network, "parameters">>(network: N, size: number = 0.3): N {
  network.parameters.forEach((parameter, i) => {
    parameter.assign(randomNormal(parameter.shape as [number], 100 + i).mul(size));
  });
  return network;
}

export const tinyPair = (): TextImagePair =>
  textImagePair({
    ...{ size: 8, channels: 1, width: 4, multipliers: [1, 2], groups: 2, features, seed: 1 },
    text: { ...text, width: 8, depth: 1, heads: 2 },
  });

export const tinyPrior = (): EmbeddingPrior =>
  embeddingPrior({ features, steps: schedule.steps, text, width: 8, depth: 2, heads: 2, seed: 2 });

export const priorOf = (network: EmbeddingPrior): DiffusionModel<EmbeddingPrior> =>
  priorModel({ schedule, pair: { details: {}, tokenizer: () => tokenizer, network: tinyPair } }, network);

export const tinyDecoder = (): DiffusionModel =>
  diffusionModel({
    network: awake(
      unet({ size: 8, steps: 50, width: 4, multipliers: [1, 1], groups: 2, vector: features, seed: 3 }),
    ),
    schedule,
    predicts: "v",
  });

/** One that reads captions besides. */
export const readingDecoder = (): DiffusionModel =>
  diffusionModel({
    network: awake(
      unet({
        ...{ size: 8, steps: 50, width: 4, multipliers: [1, 1], groups: 2, heads: 2, seed: 3 },
        ...{ vector: features, vectorWords: 2, text: { ...text, width: 8, depth: 1, heads: 2 } },
      }),
    ),
    ...{ schedule, predicts: "v", tokenizer },
  });

/** A model whose network gives what a function of condition and z says x is. */
export function oracle<N extends { readonly network: object; readonly schedule: typeof schedule }>(
  model: N,
  x: Network["predict"],
): N {
  const network = { ...(model.network as Network), predict: x, parameters: [], names: [] };
  const options = { network, schedule: model.schedule, predicts: "x", tokenizer, clip: false } as const;
  return diffusionModel(options as unknown as Parameters<typeof diffusionModel>[0]) as unknown as N;
}
