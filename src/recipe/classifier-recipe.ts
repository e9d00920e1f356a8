import type { Precision } from "../backend/bfloat16";
import { tf } from "../backend/tf";
import { compile } from "../compile";
import { randomBatch, type Augmentation } from "../data";
import { accuracy } from "../metrics";
import { classifier, type Classifier, type ClassifierOptions } from "../network";
import { crossEntropy } from "../objective";
import { diffuse, randomTimes } from "../process";
import { foldIn } from "../random";
import type { Schedule } from "../schedule";
import { describeImages } from "./describe-images";
import { learningDetails, oneStageLearner, type LearningSettings } from "./learner";
import { scheduleDetails } from "./schedule-details";
import type { Evaluation, LabelledImages, Recipe, RecipeData, RecipeRun } from "./recipe";

export interface ClassifierSettings extends LearningSettings {
  readonly name: string;
  readonly about: string;
  readonly data: () => RecipeData | Promise<RecipeData>;
  readonly network: Omit<ClassifierOptions, "steps" | "seed">;
  /** For a classifier of z_t, which it makes of images at times from 1 to T; of clean images alone if omitted. */
  readonly schedule?: Schedule;
  readonly augment?: Augmentation;
  /** What is taken from the right class and spread over all, so that the network is not too sure of itself. */
  readonly smoothing?: number;
}

/** A recipe whose weights are those of a classifier. */
export interface ClassifierRecipe extends Recipe {
  /** The network at its beginning. */
  readonly network: () => Classifier;
  /** Of the images that it has learned to tell; none for clean ones. */
  readonly schedule: Schedule | undefined;
}

/** A classifier that learns by cross-entropy, of clean images or of noisy ones (Dhariwal & Nichol 2021, section 4), of which the averages of its parameters are kept. */
export function classifierRecipe(given: ClassifierSettings): ClassifierRecipe {
  const settings = { augment: {}, smoothing: 0, clip: 1, decay: 0.99, seed: 1, ...given };
  const { name, about, steps, seed, schedule, augment, smoothing } = settings;
  const network = { ...settings.network, ...(schedule && { steps: schedule.steps }) };
  const made = (): Classifier => classifier({ ...network, seed: foldIn(seed, 0) });
  return {
    name,
    about,
    steps,
    seed,
    settings: {
      network,
      ...(schedule && { schedule: scheduleDetails(schedule) }),
      augment: { ...augment },
      smoothing,
      ...learningDetails(settings),
    },
    network: made,
    schedule,
    start: (precision) => start(settings, made(), precision),
  };
}

async function start(
  settings: Required<Omit<ClassifierSettings, "schedule">> & Pick<ClassifierSettings, "schedule">,
  network: Classifier,
  precision: Precision,
): Promise<RecipeRun> {
  const { schedule, augment, smoothing, batch } = settings;
  const { train, heldOut } = await settings.data();
  const { averages, learn, ...learned } = oneStageLearner(network, settings);
  const step = compile(
    () => {
      const { x, labels } = randomBatch(train.images, { size: batch, labels: train.labels, augment });
      const t = schedule && randomTimes(batch, schedule, { stratified: true });
      const z = schedule && t ? diffuse(x, t, schedule) : x;
      const given = { training: true, ...(t && { t }) };
      return learn(() => crossEntropy(network.classify(z, given).logits, labels, smoothing));
    },
    { precision },
  );
  const averaged: Pick<Classifier, "classify"> = {
    classify: (z, given) => network.classify(z, { ...given, parameters: averages }),
  };
  return {
    ...learned,
    step: () => step(),
    evaluate: () => evaluate(averaged, heldOut, schedule),
    dispose() {
      step.dispose();
      learned.dispose();
      tf.dispose([train.images, heldOut.images]);
    },
  };
}

/** The share of images that were kept back of which the likeliest class is right: of noisy ones, over all times. */
async function evaluate(
  averaged: Pick<Classifier, "classify">,
  { images, labels }: LabelledImages,
  schedule: Schedule | undefined,
): Promise<Evaluation> {
  const count = images.shape[0];
  const t = schedule && randomTimes(count, schedule, { stratified: true, seed: 1 });
  const shown = schedule && t ? diffuse(images, t, schedule, { seed: 2 }) : images;
  const { features, probabilities } = await describeImages(averaged, shown, t && { t });
  const share = accuracy(probabilities, labels);
  tf.dispose([features, probabilities, ...(t ? [t, shown] : [])]);
  return { numbers: { "held-out accuracy": share } };
}
