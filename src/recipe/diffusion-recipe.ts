import { tf } from "../backend/tf";
import { compile } from "../compile";
import { randomBatch, type Augmentation } from "../data";
import { denoisingLoss } from "../objective";
import { unet, type UNet, type UNetOptions } from "../network";
import { inTurn, warmupCosine } from "../optimizer";
import { imageGrid } from "../plot";
import type { Prediction, Predictor } from "../prediction";
import { randomTimes } from "../process";
import { randomNormal, randomUniform } from "../random";
import { dpmSolver } from "../sampling";
import { samplingTimes, type Schedule } from "../schedule";
import { diffusionModel } from "./diffusion-model";
import { learner } from "./learner";
import { scheduleDetails } from "./schedule-details";
import type { Evaluation, LabelledImages, Precision, Recipe, RecipeData, RecipeRun } from "./recipe";

export interface DiffusionSettings {
  readonly name: string;
  readonly about: string;
  readonly data: () => RecipeData | Promise<RecipeData>;
  readonly augment?: Augmentation;
  /** Of the network; T is the schedule's. */
  readonly network: Omit<UNetOptions, "steps" | "seed">;
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
  readonly seed?: number;
}

/** A part of training. */
export interface TrainingStage {
  readonly steps: number;
  /** The highest learning rate of Adam, reached in `warmup` steps; it falls to 0 by half a cosine. */
  readonly peak: number;
  readonly warmup: number;
  /** The share of samples that are shown without their class, so that one network learns both the data of each class and all of
   * them (Ho & Salimans 2022, "Classifier-free diffusion guidance", algorithm 1); 0 if omitted. */
  readonly unlabelled?: number;
}

/** A recipe whose weights are those of a network that denoises. */
export interface DiffusionRecipe extends Recipe {
  /** The network at its beginning. */
  readonly network: () => UNet;
  readonly schedule: Schedule;
  readonly predicts: Prediction;
}

/** A U-Net that learns to denoise images by Algorithm 18.1, of which nothing but the averages of its parameters is kept. */
export function diffusionRecipe(given: DiffusionSettings): DiffusionRecipe {
  const settings = { augment: {}, clip: 1, decay: 0.999, seed: 1, ...given };
  const { name, about, seed, network, schedule, predicts, augment, stages, clip, decay, batch } = settings;
  const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
  const made = (): UNet => unet({ ...network, steps: schedule.steps, seed });
  return {
    name,
    about,
    steps,
    seed,
    settings: {
      network: { ...network },
      augment: { ...augment },
      schedule: scheduleDetails(schedule),
      predicts,
      stages: stages.map((stage) => ({ ...stage })),
      ...{ clip, decay, batch, seed },
    },
    network: made,
    schedule,
    predicts,
    start: (precision) => start(settings, made(), precision),
  };
}

async function start(
  settings: Required<DiffusionSettings>,
  network: UNet,
  precision: Precision,
): Promise<RecipeRun> {
  const { augment, schedule, predicts, batch, clip, decay, stages } = settings;
  const { classes = 0 } = settings.network;
  const { train, heldOut } = await settings.data();
  const rates = stages.map((stage) => ({ steps: stage.steps, rate: warmupCosine(stage) }));
  const { averages, learn, ...learned } = learner({ network, learningRate: inTurn(rates), clip, decay });

  /** The classes, or none for a share of them. */
  const given = (labels: tf.Tensor1D, unlabelled: number): tf.Tensor =>
    tf.where(randomUniform([batch]).less(unlabelled), tf.fill([batch], classes, "int32"), labels);
  // A share is a number, and not a tensor: each has a program of its own.
  const step = compile(
    (unlabelled: number) => {
      const { x, labels } = randomBatch(train.images, { size: batch, labels: train.labels, augment });
      const condition = classes > 0 ? { labels: given(labels, unlabelled) } : {};
      const t = randomTimes(batch, schedule, { stratified: true });
      const predict: Predictor = (z, times) => network.predict(z, times, { condition, training: true });
      return learn(() => denoisingLoss(predict, x, schedule, { predicts, t }));
    },
    { precision },
  );

  const model = diffusionModel({ network, schedule, predicts, parameters: averages, precision });
  return {
    ...learned,
    step: (i) => step(stageAt(stages, i).unlabelled ?? 0),
    evaluate: () => evaluate(model, heldOut, classes),
    dispose() {
      step.dispose();
      model.dispose();
      learned.dispose();
      tf.dispose([train.images, heldOut.images]);
    },
  };
}

/** The stage of step i, which counts from 1. */
function stageAt(stages: readonly TrainingStage[], i: number): TrainingStage {
  let end = 0;
  return stages.find(({ steps }) => i <= (end += steps)) ?? stages[stages.length - 1];
}

/** The loss on images that were kept back, with their classes, and samples of each class. */
async function evaluate(
  model: ReturnType<typeof diffusionModel>,
  heldOut: LabelledImages,
  classes: number,
): Promise<Evaluation> {
  const { schedule, predicts } = model;
  const [height, width, channels] = heldOut.images.shape.slice(1);
  const count = Math.min(evaluationImages, heldOut.images.shape[0]);
  const loss = tf.tidy(() => {
    const x = heldOut.images.slice(0, count);
    const labels = classes > 0 ? tf.tensor1d(heldOut.labels.subarray(0, count), "int32") : undefined;
    const [t, noise] = [
      randomTimes(count, schedule, { stratified: true, seed: 1 }),
      randomNormal(x.shape, 2),
    ];
    return denoisingLoss(model.predictor({ labels }), x, schedule, { predicts, t, noise }).dataSync()[0];
  });
  const each = 4;
  const columns = classes > 0 ? Math.min(classes, 10) : 10;
  const shown = Int32Array.from({ length: each * columns }, (_, i) => i % columns);
  const labels = classes > 0 ? tf.tensor1d(shown, "int32") : undefined;
  const z = randomNormal([shown.length, height, width, channels], 3);
  const samples = await dpmSolver(model.denoiser({ labels }), z, schedule, {
    times: samplingTimes(schedule, 20),
  });
  const picture = imageGrid(samples, {
    title: "Samples, 20 calls of the network each",
    columns,
    scale: 2,
  });
  tf.dispose([z, labels, samples]);
  return { numbers: { "held-out loss": loss }, picture };
}

const evaluationImages = 256;
