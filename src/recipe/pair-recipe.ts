import type { Precision } from "../backend/bfloat16";
import { tf } from "../backend/tf";
import { compile } from "../compile";
import { randomBatch, type Augmentation } from "../data";
import { retrieval } from "../metrics";
import { textImagePair, type TextImagePair, type TextImagePairOptions } from "../network";
import { contrastiveLoss } from "../objective";
import type { Tokenizer } from "../text";
import { embedPairs, tokensOf, type CaptionedImages, type CaptionedPair } from "./embed-pairs";
import { learningDetails, oneStageLearner, type LearningSettings } from "./learner";
import { once } from "./once";
import type { Evaluation, Recipe, RecipeRun } from "./recipe";

/** What a pair learns from, and what is kept back to judge it by. The recipe disposes of it. */
export interface PairData {
  readonly train: CaptionedImages;
  readonly heldOut: CaptionedImages;
}

export interface PairSettings extends LearningSettings {
  readonly name: string;
  readonly about: string;
  readonly data: () => PairData | Promise<PairData>;
  /** Of the length that the network takes. */
  readonly tokenizer: () => Tokenizer;
  readonly network: Omit<TextImagePairOptions, "seed">;
  readonly augment?: Augmentation;
  /** Pairs of a step: each image has to tell its caption from those of all others. */
  readonly batch: number;
  /** Of the training data, so many pairs that follow each other are easily taken for one another, and come into the same step: what tells them
   * apart is learned, too. It divides the batch and the data; 1 if omitted. */
  readonly runs?: number;
}

/** A recipe whose weights are those of a network for images and their captions. */
export interface PairRecipe extends Recipe {
  /** The network at its beginning. */
  readonly network: () => TextImagePair;
  readonly tokenizer: () => Tokenizer;
}

/** A text encoder and an image encoder that learn from pairs which caption belongs to which image (CLIP; Radford et al. 2021), of which the
 * averages of their parameters are kept. */
export function pairRecipe(given: PairSettings): PairRecipe {
  const settings: Settings = { augment: {}, clip: 1, decay: 0.99, seed: 1, runs: 1, ...given };
  const { name, about, steps, seed, network } = settings;
  const made = (): TextImagePair => textImagePair({ ...network, seed });
  const tokenizer = once(settings.tokenizer);
  return {
    name,
    about,
    steps,
    seed,
    get settings() {
      return {
        network: { ...network, text: { ...network.text } },
        augment: { ...settings.augment },
        ...learningDetails(settings),
        // Without it, weights of before fit.
        ...(settings.runs > 1 && { runs: settings.runs }),
        vocabulary: tokenizer().vocabulary.join(" "),
      };
    },
    network: made,
    tokenizer,
    start: (precision) => start(settings, { network: made(), tokenizer: tokenizer() }, precision),
  };
}

type Settings = Required<PairSettings>;

async function start(
  settings: Settings,
  { network, tokenizer }: { readonly network: TextImagePair; readonly tokenizer: Tokenizer },
  precision: Precision,
): Promise<RecipeRun> {
  const { augment, batch, runs } = settings;
  const { train, heldOut } = await settings.data();
  const tokens = tokensOf(train, tokenizer);
  const ids = equalCaptions(train.captions);
  const { averages, learn, ...learned } = oneStageLearner(network, settings);
  const step = compile(
    () => {
      const { x, index } = randomBatch(train.images, { size: batch, augment, runs });
      const captions = tf.gather(tokens, index);
      const loss = learn(() =>
        contrastiveLoss(network.embedImages(x, { training: true }), network.embedCaptions(captions), {
          temperature: network.temperature(),
          ids: tf.gather(ids, index),
        }),
      );
      network.limitTemperature();
      return loss;
    },
    { precision },
  );
  const averaged: CaptionedPair["network"] = {
    embedImages: (x) => network.embedImages(x, { parameters: averages }),
    embedCaptions: (read) => network.embedCaptions(read, { parameters: averages }),
  };
  return {
    ...learned,
    step: () => step(),
    evaluate: () => evaluate({ network: averaged, tokenizer }, heldOut),
    dispose() {
      step.dispose();
      learned.dispose();
      tf.dispose([train.images, heldOut.images, tokens, ids]);
    },
  };
}

/** A number for each caption, the same for equal ones: int32 [count]. */
function equalCaptions(captions: readonly string[]): tf.Tensor1D {
  const numbers = new Map([...new Set(captions)].map((caption, i) => [caption, i]));
  return tf.tensor1d(
    captions.map((caption) => numbers.get(caption)!),
    "int32",
  );
}

/** How often pairs that were kept back find each other, among 100. */
async function evaluate(pair: CaptionedPair, heldOut: CaptionedImages): Promise<Evaluation> {
  const embedded = await embedPairs(pair, heldOut);
  const { captions, images } = await retrieval(embedded.images, embedded.captions, {
    ids: heldOut.captions,
  });
  tf.dispose([embedded.images, embedded.captions]);
  return {
    numbers: {
      "images find captions": captions.top1,
      "captions find images": images.top1,
      "images find captions in 5": captions.top5,
      "captions find images in 5": images.top5,
    },
  };
}
