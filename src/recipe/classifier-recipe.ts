import { tf } from "../backend/tf";
import { compile } from "../compile";
import { randomBatch, type Augmentation } from "../data";
import { classifier, type Classifier, type ClassifierOptions } from "../network";
import { crossEntropy } from "../objective";
import { adam, clipByGlobalNorm, movingAverage, valueAndGradients, warmupCosine } from "../optimizer";
import { foldIn } from "../random";
import { trainingState } from "../training";
import type { LabelledImages, RecipeData } from "./diffusion-recipe";
import type { Evaluation, Precision, Recipe, RecipeRun } from "./recipe";

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
  const optimizer = adam(network.parameters, { learningRate: warmupCosine({ ...learningRate, steps }) });
  const average = movingAverage(network.parameters, { decay });
  const step = compile(
    () => {
      const { x, labels } = randomBatch(train.images, { size: batch, labels: train.labels, augment });
      const loss = (): tf.Scalar =>
        crossEntropy(network.classify(x, { training: true }).logits, labels, smoothing);
      const { value, gradients } = valueAndGradients(loss, network.parameters);
      optimizer.apply(clipByGlobalNorm(gradients, clip).gradients);
      average.update();
      return value;
    },
    { precision },
  );
  const classify = compile((x: tf.Tensor) => network.classify(x, { parameters: average.averages }).logits);
  return {
    step,
    variables: trainingState({ network, optimizer, average }),
    weights: Object.fromEntries(network.names.map((each, i) => [each, average.averages[i]])),
    evaluate: () => Promise.resolve(evaluate(classify, heldOut)),
    dispose() {
      step.dispose();
      classify.dispose();
      for (const each of [network, optimizer, average]) each.dispose();
      tf.dispose([train.images, heldOut.images]);
    },
  };
}

/** The share of images that were kept back of which the likeliest class is right. */
function evaluate(classify: (x: tf.Tensor) => tf.Tensor, { images, labels }: LabelledImages): Evaluation {
  const accuracy = tf.tidy(() => {
    const found = tf.concat(batches(images).map((x) => classify(x).argMax(1)));
    return found.equal(tf.tensor1d(labels, "int32")).mean().dataSync()[0];
  });
  return { numbers: { "held-out accuracy": accuracy } };
}

/** Few at a time: a whole split's intermediate results do not fit into a small memory. */
function batches(images: tf.Tensor4D): tf.Tensor4D[] {
  const [count] = images.shape;
  const size = 250;
  return Array.from({ length: Math.ceil(count / size) }, (_, i) =>
    images.slice([i * size, 0, 0, 0], [Math.min(size, count - i * size), -1, -1, -1]),
  );
}
