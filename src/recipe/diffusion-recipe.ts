import type { Precision } from "../backend/bfloat16";
import { tf } from "../backend/tf";
import type { Details } from "../checkpoint";
import { compile } from "../compile";
import type { DerivedCondition } from "../conditioning";
import { randomBatch, type Augmentation } from "../data";
import { unet, type UNet, type UNetOptions } from "../network";
import { denoisingLoss } from "../objective";
import { inTurn, warmupCosine } from "../optimizer";
import type { Prediction, Predictor } from "../prediction";
import { randomTimes } from "../process";
import type { Schedule } from "../schedule";
import type { Tokenizer } from "../text";
import { diffusionModel } from "./diffusion-model";
import { evaluateDiffusion, type Judge } from "./evaluate-diffusion";
import { encodedData, latentDetails, latentSpaceOf, type LatentSource } from "./latent-source";
import { beginningDetails, beginWith } from "./beginning";
import { conditionsAt, knownConditions, partlyDropped } from "./known-conditions";
import { learner } from "./learner";
import { once } from "./once";
import type { Recipe, RecipeData, RecipeRun } from "./recipe";
import { scheduleDetails } from "./schedule-details";

export interface DiffusionSettings {
  readonly name: string;
  readonly about: string;
  readonly data: () => RecipeData | Promise<RecipeData>;
  /** For latent diffusion (Rombach et al. 2022): the network learns the latents of the data's images by an autoencoder that has learned
   * before. They are encoded once, at the start, so that `augment` and `derived` are about latents, too. */
  readonly latent?: LatentSource;
  readonly augment?: Augmentation;
  /** Of the network; T is the schedule's. */
  readonly network: Omit<UNetOptions, "steps" | "seed">;
  /** A recipe whose shipped weights the network begins with: it has all parameters of that one, by the same names; what it has besides
   * begins as ever. */
  readonly from?: DiffusionRecipe;
  readonly schedule: Schedule;
  /** What the network predicts. */
  readonly predicts: Prediction;
  /** One after the other. */
  readonly stages: readonly TrainingStage[];
  /** The longest gradient, as a norm over all parameters. */
  readonly clip?: number;
  /** What stays of the moving average at each step. */
  readonly decay?: number;
  readonly batch: number;
  /** For a network that is told captions; of the length that it takes. */
  readonly tokenizer?: () => Tokenizer;
  /** What samples are told of themselves, such as a smaller copy. */
  readonly derived?: DerivedCondition;
  /** What more is measured of samples with captions of images that were kept back. */
  readonly judge?: Judge;
  readonly seed?: number;
}

/** A part of training. */
export interface TrainingStage {
  readonly steps: number;
  /** The highest learning rate of Adam, reached in `warmup` steps; it falls to 0 by half a cosine. */
  readonly peak: number;
  readonly warmup: number;
  /** The share of samples that are shown without their class or caption, and without a derived condition that leads, so that one network
   * learns both the data of each and all of them (Ho & Salimans 2022, "Classifier-free diffusion guidance", algorithm 1); 0 if omitted. */
  readonly unlabelled?: number;
  /** Of those that are left, the share that is shown without its caption alone: so one network learns to do with the rest of what it is told,
   * and with the caption besides; 0 if omitted. */
  readonly uncaptioned?: number;
}

/** A recipe whose weights are those of a network that denoises. */
export interface DiffusionRecipe extends Recipe {
  /** The network at its beginning. */
  readonly network: () => UNet;
  readonly schedule: Schedule;
  readonly predicts: Prediction;
  readonly tokenizer: () => Tokenizer | undefined;
  readonly latent: LatentSource | undefined;
}

/** A U-Net that learns to denoise images by Algorithm 18.1, of which nothing but the averages of its parameters is kept. */
export function diffusionRecipe(given: DiffusionSettings): DiffusionRecipe {
  const tokenizer = once(() => given.tokenizer?.());
  const settings: Settings = { augment: {}, clip: 1, decay: 0.999, seed: 1, ...given, tokenizer };
  const { name, about, seed, network, schedule, predicts, stages } = settings;
  const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
  const made = (): UNet => unet({ ...network, steps: schedule.steps, seed });
  return {
    name,
    about,
    steps,
    seed,
    get settings() {
      return details(settings);
    },
    network: made,
    schedule,
    predicts,
    tokenizer,
    latent: given.latent,
    start: (precision) => start(settings, made(), precision),
  };
}

type Settings = Omit<DiffusionSettings, "tokenizer"> &
  Required<Pick<DiffusionSettings, "augment" | "clip" | "decay" | "seed">> &
  Pick<DiffusionRecipe, "tokenizer">;

function details(settings: Settings): Details {
  const { network, augment, schedule, predicts, stages, clip, decay, batch, seed } = settings;
  const { derived, latent, from } = settings;
  const tokenizer = settings.tokenizer();
  const { text, ...sizes } = network;
  return {
    network: { ...sizes, ...(text && { text: { ...text } }) },
    augment: { ...augment },
    schedule: scheduleDetails(schedule),
    predicts,
    stages: stages.map((stage) => ({ ...stage })),
    ...{ clip, decay, batch, seed },
    ...(from && { from: beginningDetails(from) }),
    ...(latent && { latent: latentDetails(latent) }),
    ...(derived && { derived: derived.details }),
    ...(tokenizer && { vocabulary: tokenizer.vocabulary.join(" ") }),
  };
}

async function start(settings: Settings, network: UNet, precision: Precision): Promise<RecipeRun> {
  const { augment, schedule, predicts, batch, clip, decay, stages, derived, judge } = settings;
  const { conditions } = network;
  const tokenizer = settings.tokenizer();
  if (settings.from) beginWith(network, settings.from);
  derived?.prepare?.();
  const latent = settings.latent && latentSpaceOf(settings.latent);
  const images = await settings.data();
  const { train, heldOut } = latent ? await encodedData(latent, images) : images;
  const known = knownConditions(train, conditions, tokenizer);
  const rates = stages.map((stage) => ({ steps: stage.steps, rate: warmupCosine(stage) }));
  const { averages, learn, ...learned } = learner({ network, learningRate: inTurn(rates), clip, decay });

  // Shares are numbers, and not tensors: each pair has a program of its own.
  const step = compile(
    (unlabelled: number, uncaptioned: number) => {
      const { x, index } = randomBatch(train.images, { size: batch, augment });
      const own = derived?.of(x);
      const leading = { ...conditionsAt(known, index), ...(derived?.leads && own) };
      const condition = {
        ...own,
        ...partlyDropped(leading, conditions, { all: unlabelled, captions: uncaptioned }),
      };
      const t = randomTimes(batch, schedule, { stratified: true });
      const predict: Predictor = (z, times) => network.predict(z, times, { condition, training: true });
      return learn(() => denoisingLoss(predict, x, schedule, { predicts, t }));
    },
    { precision },
  );

  const options = { network, schedule, predicts, tokenizer, latent, precision };
  const model = diffusionModel({ ...options, parameters: averages });
  return {
    ...learned,
    step: (i) => {
      const { unlabelled = 0, uncaptioned = 0 } = stageAt(stages, i);
      return step(unlabelled, uncaptioned);
    },
    evaluate: () => evaluateDiffusion(model, heldOut, { derived, judge }),
    dispose() {
      step.dispose();
      model.dispose();
      learned.dispose();
      tf.dispose([train.images, heldOut.images, { ...known }]);
    },
  };
}

/** The stage of step i, which counts from 1. */
function stageAt(stages: readonly TrainingStage[], i: number): TrainingStage {
  let end = 0;
  return stages.find(({ steps }) => i <= (end += steps)) ?? stages[stages.length - 1];
}
