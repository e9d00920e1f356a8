import { existsSync } from "node:fs";
import { join } from "node:path";
import { fasterPrecision, type Precision } from "../backend/bfloat16";
import { tf } from "../backend/tf";
import { loadCheckpoint, saveCheckpoint, type Details, type Json } from "../checkpoint";
import { replaceFile } from "../checkpoint/replace-file";
import { checkInteger } from "../errors";
import { InterruptedError } from "../notebook/host";
import { bundleOf } from "../notebook/show";
import { sideBySide } from "../plot";
import { root } from "../root";
import { lossCurve, train, type TrainOptions, type Training } from "../training";
import { differences } from "./differences";
import type { Evaluation, Recipe, RecipeRun } from "./recipe";

export interface TrainRecipeOptions extends Pick<TrainOptions, "screen"> {
  /** Where the files go; `.cache/training/<name>` of the project if omitted. */
  readonly folder?: string;
  /** Steps between two evaluations; a twentieth of all if omitted. */
  readonly evaluateEvery?: number;
  /** `bfloat16` where the device has units for it, if omitted. */
  readonly precision?: Precision;
  /** Seconds between two savings. */
  readonly saveEvery?: number;
  /** Ends training once it is aborted: after a step, and with everything saved. */
  readonly signal?: AbortSignal;
  /** Called after each evaluation. */
  readonly callback?: (state: { readonly step: number; readonly evaluation: Evaluation }) => unknown;
}

/** What a recipe has come to. */
export interface TrainedRecipe extends Training {
  readonly evaluations: readonly EvaluationAt[];
  /** The file with the weights, which `loadModel`, `loadClassifier`, `loadPair` or `loadAutoencoder` take. */
  readonly weights: string;
}

/** The numbers of an evaluation, with the step after which it was made. */
export interface EvaluationAt {
  readonly step: number;
  readonly numbers: Readonly<Record<string, number>>;
}

/** Trains by a recipe, with progress, the loss, an evaluation every so often with its picture, and files that survive the end of the
 * process:
 * - `checkpoint.safetensors`: all that training needs to go on. If it is there, training goes on from it, bit for bit.
 * - `progress.json`: settings, step, loss and the numbers of all evaluations, to read.
 * - `samples.png`: the picture of the last evaluation.
 * - `weights.safetensors`: in the end, the averages of the parameters alone.
 * @throws Error for a checkpoint of other settings; RangeError as soon as a loss is not finite; InterruptedError */
export async function trainRecipe(recipe: Recipe, options: TrainRecipeOptions = {}): Promise<TrainedRecipe> {
  const { folder = trainingFolder(recipe.name), precision = fasterPrecision() } = options;
  const {
    evaluateEvery = Math.ceil(recipe.steps / 20),
    saveEvery = 60,
    signal,
    callback,
    ...display
  } = options;
  checkInteger("evaluateEvery", evaluateEvery, 1);
  const file = (name: string): string => join(folder, name);
  const settings: Details = { recipe: recipe.name, precision, ...recipe.settings };
  const { evaluations, step: earlier } = earlierRun(file("checkpoint.safetensors"), settings);
  const details = (): Details => ({ ...settings, evaluations: evaluations as unknown as Json });
  const run = await recipe.start(precision);
  let latest: Evaluation | undefined;
  const picture = (losses: Float32Array): unknown => {
    const curve = lossCurve(losses, recipe.steps);
    return latest?.picture === undefined ? curve : sideBySide([curve, latest.picture]);
  };
  try {
    let made = earlier;
    const { losses } = await train(() => run.step(++made), {
      steps: recipe.steps,
      seed: recipe.seed,
      label: recipe.name,
      picture,
      ...display,
      checkpoint: {
        file: file("checkpoint.safetensors"),
        variables: run.variables,
        every: saveEvery,
        details,
      },
      callback: async ({ step, loss }) => {
        if (step % evaluateEvery === 0 || step === recipe.steps) {
          latest = await run.evaluate();
          evaluations.push({ step, numbers: latest.numbers });
          await note(file, { ...details(), step, loss }, latest);
          await callback?.({ step, evaluation: latest });
        }
        if (signal?.aborted) throw new InterruptedError(`Stopped after step ${step}, which is saved.`);
      },
    });
    saveWeights(file("weights.safetensors"), run, { ...details(), steps: recipe.steps });
    return { losses, evaluations, weights: file("weights.safetensors") };
  } finally {
    run.dispose();
  }
}

/** Where a recipe's files are if nothing else is said. */
export const trainingFolder = (name: string): string => join(root, ".cache", "training", name);

/** Weights as they are handed on: half the size of those to train on. */
function saveWeights(path: string, { weights }: RecipeRun, details: Details): void {
  saveCheckpoint(path, { tensors: weights, details }, { precision: "float16" });
}

/** What is to be read and looked at while training goes on. */
async function note(
  file: (name: string) => string,
  details: Details,
  { picture }: Evaluation,
): Promise<void> {
  replaceFile(file("progress.json"), (write) => {
    write(Buffer.from(`${JSON.stringify(details, null, 2)}\n`));
  });
  if (picture === undefined) return;
  const png = (await bundleOf(picture))["image/png"];
  if (typeof png !== "string") return;
  replaceFile(file("samples.png"), (write) => {
    write(Buffer.from(png, "base64"));
  });
}

/** How far a checkpoint is, and the evaluations that it tells of; the beginning if there is none.
 * @throws Error if it is one of other settings, naming those that differ */
function earlierRun(path: string, settings: Details): { evaluations: EvaluationAt[]; step: number } {
  if (!existsSync(path)) return { evaluations: [], step: 0 };
  const { tensors, details } = loadCheckpoint(path);
  tf.dispose(tensors);
  const { evaluations = [], step, ...found } = details;
  const different = differences(found, settings);
  if (different.length === 0) {
    return { evaluations: [...(evaluations as unknown as EvaluationAt[])], step: step as number };
  }
  throw new Error(
    `${path} is a checkpoint at step ${JSON.stringify(step)} of other settings: ${different.join(", ")}. ` +
      "Use another folder, or move the file away to begin anew.",
  );
}
