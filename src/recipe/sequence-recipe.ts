import type { Precision } from "../backend/bfloat16";
import { tf } from "../backend/tf";
import { compile } from "../compile";
import { randomIndices } from "../data/random-batch";
import { textQuality } from "../metrics";
import { sequenceDenoiser, type SequenceDenoiser, type SequenceDenoiserOptions } from "../network";
import { sequenceLoss, type SequenceLossOptions } from "../objective";
import { randomTimes } from "../process";
import type { Schedule } from "../schedule";
import type { SequenceTokenizer } from "../text";
import { generateTexts } from "./generate-texts";
import { learningDetails, oneStageLearner, type LearningSettings } from "./learner";
import { once } from "./once";
import type { Evaluation, Recipe, RecipeRun } from "./recipe";
import { scheduleDetails } from "./schedule-details";
import { sequenceModel, type SequenceModel } from "./sequence-model";

export interface SequenceSettings extends LearningSettings {
  readonly name: string;
  readonly about: string;
  /** Texts to learn from. */
  readonly data: () => readonly string[];
  readonly tokenizer: () => SequenceTokenizer;
  /** Whether a generated text is right. */
  readonly isValid: (text: string) => boolean;
  readonly network: Omit<SequenceDenoiserOptions, "vocabulary" | "length" | "steps" | "seed">;
  readonly schedule: Schedule;
  /** What the two parts of the loss count. */
  readonly loss?: Pick<SequenceLossOptions, "denoising" | "rounding">;
  /** How many texts are generated to judge by, besides those that are shown; 500 if omitted. */
  readonly judged?: number;
}

/** A recipe whose weights are those of a network for sequences, the vectors of its tokens among them. */
export interface SequenceRecipe extends Recipe {
  /** The network at its beginning. */
  readonly network: () => SequenceDenoiser;
  readonly tokenizer: () => SequenceTokenizer;
  readonly schedule: Schedule;
}

/** A network that learns to denoise texts in a space that is learned with it (Li et al. 2022, "Diffusion-LM"), of which the averages of the
 * parameters are kept. */
export function sequenceRecipe(given: SequenceSettings): SequenceRecipe {
  const settings: Settings = { loss: {}, judged: 500, clip: 1, decay: 0.998, seed: 1, ...given };
  const { name, about, steps, seed, schedule, network } = settings;
  const tokenizer = once(settings.tokenizer);
  const made = (): SequenceDenoiser => {
    const { vocabulary, length } = tokenizer();
    return sequenceDenoiser({
      ...network,
      vocabulary: vocabulary.length,
      length,
      steps: schedule.steps,
      seed,
    });
  };
  return {
    name,
    about,
    steps,
    seed,
    get settings() {
      const { vocabulary, length } = tokenizer();
      return {
        network: { ...network },
        ...{ vocabulary: vocabulary.join(" "), length, schedule: scheduleDetails(schedule) },
        loss: { ...settings.loss },
        ...learningDetails(settings),
      };
    },
    network: made,
    tokenizer,
    schedule,
    start: (precision) => Promise.resolve(start(settings, made(), tokenizer(), precision)),
  };
}

type Settings = Required<SequenceSettings>;

function start(
  settings: Settings,
  network: SequenceDenoiser,
  tokenizer: SequenceTokenizer,
  precision: Precision,
): RecipeRun {
  const { schedule, loss, batch } = settings;
  const texts = settings.data();
  const all = tf.tensor2d(tokenizer.encode(texts), [texts.length, tokenizer.length], "int32");
  const { averages, learn, ...learned } = oneStageLearner(network, settings);
  const step = compile(
    () => {
      const tokens = tf.gather(all, randomIndices(batch, texts.length));
      const t = randomTimes(batch, schedule, { stratified: true });
      return learn(() => sequenceLoss(network, tokens, schedule, { ...loss, t }));
    },
    { precision },
  );
  const model = sequenceModel({ network, schedule, tokenizer, parameters: averages });
  return {
    ...learned,
    step: () => step(),
    evaluate: () => evaluate(model, texts, settings),
    dispose() {
      step.dispose();
      model.dispose();
      learned.dispose();
      all.dispose();
    },
  };
}

/** How many of the texts that it generates are right, different and new, and how long they are beside the data. */
async function evaluate(
  model: SequenceModel,
  texts: readonly string[],
  { judged, isValid }: Settings,
): Promise<Evaluation> {
  const made = await generateTexts(model, { count: judged, seed: 3, screen: silent });
  const { valid, unique, novel, meanLength } = textQuality(made, { isValid, known: texts });
  const ofData = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  return { numbers: { valid, unique, novel, "length, as part of the data's": meanLength / ofData } };
}

/** The progress of an evaluation is not shown. */
const silent = { pictures: false, show: (): void => undefined };
