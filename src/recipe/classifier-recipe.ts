import { tf } from "../backend/tf";
import { compile } from "../compile";
import { randomBatch, type Augmentation } from "../data";
import { accuracy } from "../metrics";
import { classifier, type Classifier, type ClassifierOptions } from "../network";
import { crossEntropy } from "../objective";
import { warmupCosine } from "../optimizer";
import { foldIn } from "../random";
import { describeImages } from "./describe-images";
import { learner } from "./learner";
import type { Evaluation, LabelledImages, Precision, Recipe, RecipeData, RecipeRun } from "./recipe";

export interface ClassifierSettings {
  readonly name: string;
  readonly about: string;
  readonly data: () => RecipeData | Promise<RecipeData>;
  readonly network: Omit<ClassifierOptions, "seed">;
  readonly augment?: Augmentation;
  /** What is taken from the right class and spread over all, so that the network is not too sure of itself. */
  readonly smoothing?: number;
  /** The highest learning rate of Adam, and the steps in which it is reached; it falls to 0 by half a cosine. */
  readonly learningRate: { readonly peak: number; readonly warmup: number };
  /** The longest gradient, as a norm over all parameters. */
  readonly clip?: number;
  /** What stays of the moving average at each step. */
  readonly decay?: number;
  readonly batch: number;
  readonly steps: number;
  readonly seed?: number;
}

/** A recipe whose weights are those of a classifier. */
export interface ClassifierRecipe extends Recipe {
  /** The network at its beginning. */
  readonly network: () => Classifier;
}

/** A classifier that learns by cross-entropy, of which the averages of its parameters are kept. */
export function classifierRecipe(given: ClassifierSettings): ClassifierRecipe {
  const settings = { augment: {}, smoothing: 0, clip: 1, decay: 0.99, seed: 1, ...given };
  const { name, about, steps, seed, network, augment, learningRate } = settings;
  const { smoothing, clip, decay, batch } = settings;
  const made = (): Classifier => classifier({ ...network, seed: foldIn(seed, 0) });
  return {
    name,
    about,
    steps,
    seed,
    settings: {
      network: { ...network },
      augment: { ...augment },
      ...{ smoothing, learningRate: { ...learningRate }, clip, decay, batch, steps, seed },
    },
    network: made,
    start: (precision) => start(settings, made(), precision),
  };
}

async function start(
  settings: Required<ClassifierSettings>,
  network: Classifier,
  precision: Precision,
): Promise<RecipeRun> {
  const { augment, smoothing, batch, steps, clip, decay, learningRate } = settings;
  const { train, heldOut } = await settings.data();
  const learningRates = warmupCosine({ ...learningRate, steps });
  const { averages, learn, ...learned } = learner({ network, learningRate: learningRates, clip, decay });
  const step = compile(
    () => {
      const { x, labels } = randomBatch(train.images, { size: batch, labels: train.labels, augment });
      return learn(() => crossEntropy(network.classify(x, { training: true }).logits, labels, smoothing));
    },
    { precision },
  );
  const averaged: Pick<Classifier, "classify"> = {
    classify: (x) => network.classify(x, { parameters: averages }),
  };
  return {
    ...learned,
    step,
    evaluate: () => evaluate(averaged, heldOut),
    dispose() {
      step.dispose();
      learned.dispose();
      tf.dispose([train.images, heldOut.images]);
    },
  };
}

/** The share of images that were kept back of which the likeliest class is right. */
async function evaluate(
  averaged: Pick<Classifier, "classify">,
  { images, labels }: LabelledImages,
): Promise<Evaluation> {
  const { features, probabilities } = await describeImages(averaged, images);
  const share = accuracy(probabilities, labels);
  tf.dispose([features, probabilities]);
  return { numbers: { "held-out accuracy": share } };
}
