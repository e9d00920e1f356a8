import type { Precision } from "../backend/bfloat16";
import { tf } from "../backend/tf";
import { compile } from "../compile";
import { randomBatch, type Augmentation } from "../data";
import { autoencoder, type Autoencoder, type AutoencoderOptions } from "../latent";
import { perceptualDistance, reconstructionLoss, type ReconstructionError } from "../objective";
import type { ClassifierRecipe } from "./classifier-recipe";
import { evaluateAutoencoder } from "./evaluate-autoencoder";
import { filled, shippedWeights } from "./shipped";
import { learningDetails, oneStageLearner, type LearningSettings } from "./learner";
import type { Recipe, RecipeData, RecipeRun } from "./recipe";

export interface AutoencoderSettings extends LearningSettings {
  readonly name: string;
  readonly about: string;
  readonly data: () => RecipeData | Promise<RecipeData>;
  readonly network: Omit<AutoencoderOptions, "seed">;
  readonly augment?: Augmentation;
  /** What a number's error counts. */
  readonly error?: ReconstructionError;
  /** A distance that is closer to what people see, beside that of numbers; none if omitted. */
  readonly perceptual?: PerceptualSettings;
}

export interface PerceptualSettings {
  /** Whose levels images are compared on; of the images' size. */
  readonly classifier: ClassifierRecipe;
  /** What the distance counts. */
  readonly weight: number;
  /** Its weights; those that the course ships if omitted. */
  readonly file?: string;
}

/** A recipe whose weights are those of an autoencoder. */
export interface AutoencoderRecipe extends Recipe {
  /** The network at its beginning. */
  readonly network: () => Autoencoder;
}

/** An autoencoder that learns to give images back through a bottleneck (Rombach et al. 2022, section 3.1, without their adversarial loss), of
 * which the averages of its parameters are kept, with the scale of its latents:
 *
 *   L = error of numbers + weight · perceptual distance + what the latents cost. */
export function autoencoderRecipe(given: AutoencoderSettings): AutoencoderRecipe {
  const settings: Settings = { augment: {}, error: "absolute", clip: 1, decay: 0.99, seed: 1, ...given };
  const { name, about, steps, seed, network, augment, error, perceptual } = settings;
  const { bottleneck, ...sizes } = network;
  const made = (): Autoencoder => autoencoder({ ...network, seed });
  return {
    name,
    about,
    steps,
    seed,
    settings: {
      network: { ...sizes, bottleneck: bottleneck.details },
      augment: { ...augment },
      error,
      ...(perceptual && {
        perceptual: { classifier: perceptual.classifier.name, weight: perceptual.weight },
      }),
      ...learningDetails(settings),
    },
    network: made,
    start: (precision) => start(settings, made(), precision),
  };
}

type Settings = Omit<Required<AutoencoderSettings>, "perceptual"> & Pick<AutoencoderSettings, "perceptual">;

async function start(settings: Settings, network: Autoencoder, precision: Precision): Promise<RecipeRun> {
  const { augment, batch, error, perceptual } = settings;
  const judge = perceptual && judgeOf(perceptual);
  const { train, heldOut } = await settings.data();
  const { averages, learn, ...learned } = oneStageLearner(network, settings);
  const step = compile(
    () => {
      const { x } = randomBatch(train.images, { size: batch, augment });
      const kept: tf.Tensor[] = [];
      const loss = learn(() => {
        const { images, penalty, encoded } = network.learn(x);
        kept.push(tf.keep(encoded));
        const off = reconstructionLoss(images, x, error).add<tf.Scalar>(penalty);
        return judge ? off.add(judge.distance(images, x)) : off;
      });
      for (const encoded of kept) network.lookAfter(encoded);
      tf.dispose(kept);
      return loss;
    },
    { precision },
  );
  return {
    step: () => step(),
    variables: { ...learned.variables, ...prefixed("measured", network.measured) },
    weights: { ...learned.weights, ...network.measured },
    evaluate: () => evaluateAutoencoder(network, { train, heldOut }, averages),
    dispose() {
      step.dispose();
      learned.dispose();
      judge?.dispose();
      tf.dispose([train.images, heldOut.images]);
    },
  };
}

/** The distance by a classifier that has learned before. */
function judgeOf({ classifier, weight, file = shippedWeights(classifier.name) }: PerceptualSettings): {
  readonly distance: (images: tf.Tensor, wanted: tf.Tensor) => tf.Tensor;
  readonly dispose: () => void;
} {
  const network = filled(classifier, file);
  return {
    distance: (images, wanted) => perceptualDistance(images, wanted, (x) => network.levels(x)).mul(weight),
    dispose() {
      network.dispose();
    },
  };
}

const prefixed = <T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}/${name}`, value]));
