import type { Precision } from "../backend/bfloat16";
import { tf } from "../backend/tf";
import type { Details } from "../checkpoint";
import { compile } from "../compile";
import { randomIndices } from "../data/random-batch";
import { embeddingPrior, type EmbeddingPrior, type EmbeddingPriorOptions } from "../network";
import { denoisingLoss } from "../objective";
import type { Predictor } from "../prediction";
import { randomTimes } from "../process";
import type { Schedule } from "../schedule";
import { diffusionModel, type DiffusionModel } from "./diffusion-model";
import { embeddedImages } from "./embedded-images";
import { evaluatePrior } from "./evaluate-prior";
import { conditionsAt, partlyDropped } from "./known-conditions";
import { learningDetails, oneStageLearner, type LearningSettings } from "./learner";
import type { PairData } from "./pair-recipe";
import type { Recipe, RecipeRun } from "./recipe";
import { scheduleDetails } from "./schedule-details";
import type { TrainedPair } from "./trained-pair";

export interface PriorSettings extends LearningSettings {
  readonly name: string;
  readonly about: string;
  /** Whose embeddings it makes; its tokenizer reads the captions. */
  readonly pair: TrainedPair;
  readonly data: () => PairData | Promise<PairData>;
  /** T is the schedule's. */
  readonly network: Omit<EmbeddingPriorOptions, "steps" | "seed">;
  readonly schedule: Schedule;
  /** The share of samples that are shown without their caption, for classifier-free guidance. */
  readonly unlabelled: number;
}

/** A recipe whose weights are those of a network that makes embeddings of images from captions. */
export interface PriorRecipe extends Recipe {
  /** The network at its beginning. */
  readonly network: () => EmbeddingPrior;
  readonly schedule: Schedule;
  readonly pair: TrainedPair;
}

/** The prior of unCLIP (Ramesh et al. 2022, section 2.2; lecture, "DALL-E 2"): a network that learns by Algorithm 18.1 to denoise the
 * embeddings that a pair gives images, told their captions. It predicts the embedding itself, by the squared error (equation 2). */
export function priorRecipe(given: PriorSettings): PriorRecipe {
  const settings: Settings = { clip: 1, decay: 0.999, seed: 1, ...given };
  const { name, about, steps, seed, schedule, pair } = settings;
  const made = (): EmbeddingPrior => embeddingPrior({ ...settings.network, steps: schedule.steps, seed });
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
    pair,
    start: (precision) => start(settings, made, precision),
  };
}

type Settings = Required<PriorSettings>;

/** The network as a model: of x̂, which is not kept within [-1, 1], since the numbers of scaled embeddings go beyond. */
export const priorModel = (
  { schedule, pair }: Pick<PriorRecipe, "schedule" | "pair">,
  network: EmbeddingPrior,
  options: { readonly parameters?: readonly tf.Tensor[]; readonly precision?: Precision } = {},
): DiffusionModel<EmbeddingPrior> =>
  diffusionModel({ ...options, network, schedule, predicts: "x", tokenizer: pair.tokenizer(), clip: false });

function details(settings: Settings): Details {
  const { network, schedule, unlabelled, pair } = settings;
  return {
    network: { ...network, text: { ...network.text } },
    schedule: scheduleDetails(schedule),
    ...learningDetails(settings),
    unlabelled,
    pair: pair.details,
    vocabulary: pair.tokenizer().vocabulary.join(" "),
  };
}

async function start(
  settings: Settings,
  make: () => EmbeddingPrior,
  precision: Precision,
): Promise<RecipeRun> {
  const { schedule, batch, unlabelled } = settings;
  const pair = { network: settings.pair.network(), tokenizer: settings.pair.tokenizer() };
  const data = await settings.data();
  const train = await embeddedImages(pair, data.train);
  const heldOut = await embeddedImages(pair, data.heldOut);
  tf.dispose([data.train.images, data.heldOut.images]);
  const network = make();
  const { averages, learn, ...learned } = oneStageLearner(network, settings);
  const step = compile(
    () => {
      const index = randomIndices(batch, train.x.shape[0]);
      const x = tf.gather(train.x, index);
      const condition = partlyDropped(conditionsAt(train.condition, index), network.conditions, {
        all: unlabelled,
      });
      const predict: Predictor = (z, t) => network.predict(z, t, { condition, training: true });
      const t = randomTimes(batch, schedule, { stratified: true });
      return learn(() => denoisingLoss(predict, x, schedule, { predicts: "x", t }));
    },
    { precision },
  );
  const model = priorModel(settings, network, { parameters: averages, precision });
  return {
    ...learned,
    step: () => step(),
    evaluate: () => evaluatePrior(model, heldOut),
    dispose() {
      step.dispose();
      model.dispose();
      learned.dispose();
      for (const { x, condition } of [train, heldOut]) tf.dispose([x, { ...condition }]);
    },
  };
}
