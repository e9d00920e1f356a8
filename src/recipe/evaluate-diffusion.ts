import { tf } from "../backend/tf";
import type { DerivedCondition } from "../conditioning";
import { denoisingLoss } from "../objective";
import type { Condition } from "../network";
import { imageGrid } from "../plot";
import { randomTimes } from "../process";
import { randomNormal, withSeed } from "../random";
import { dpmSolver } from "../sampling";
import { samplingTimes } from "../schedule";
import type { DiffusionModel } from "./diffusion-model";
import { conditionsAt, knownConditions } from "./known-conditions";
import type { Evaluation, LabelledImages } from "./recipe";

/** What more there is to measure of samples with given captions. */
export type Judge = (
  samples: tf.Tensor4D,
  captions: readonly string[],
) => Evaluation["numbers"] | Promise<Evaluation["numbers"]>;

export interface EvaluateOptions {
  readonly derived?: DerivedCondition | undefined;
  readonly judge?: Judge | undefined;
}

/** The loss on images that were kept back, with their classes and captions, and samples: of each class, or of some of the captions. */
export async function evaluateDiffusion(
  model: DiffusionModel,
  heldOut: LabelledImages,
  { derived, judge }: EvaluateOptions = {},
): Promise<Evaluation> {
  const conditions = knownConditions(heldOut, model.network.conditions, model.tokenizer);
  try {
    const loss = heldOutLoss(model, heldOut.images, conditions, derived);
    const { samples, columns, captions } = await shownSamples(model, heldOut, conditions, derived);
    const judged = judge && captions ? await judge(samples, captions) : {};
    const picture = imageGrid(samples, {
      title: "Samples, 20 calls of the network each",
      columns,
      scale: 2,
    });
    samples.dispose();
    return { numbers: { "held-out loss": loss, ...judged }, picture };
  } finally {
    tf.dispose({ ...conditions });
  }
}

function heldOutLoss(
  model: DiffusionModel,
  images: tf.Tensor4D,
  conditions: Condition,
  derived: DerivedCondition | undefined,
): number {
  const { schedule, predicts } = model;
  return tf.tidy(() => {
    const count = Math.min(256, images.shape[0]);
    const x = images.slice(0, count);
    const t = randomTimes(count, schedule, { stratified: true, seed: 1 });
    const noise = randomNormal(x.shape, 2);
    const known = conditionsAt(conditions, tf.range(0, count, 1, "int32"));
    const told = { ...known, ...(derived && withSeed(4, () => derived.of(x))) };
    return denoisingLoss(model.predictor(told), x, schedule, { predicts, t, noise }).dataSync()[0];
  });
}

/** Four samples of each class, each of ten captions, or without any. */
async function shownSamples(
  model: DiffusionModel,
  heldOut: LabelledImages,
  conditions: Condition,
  derived: DerivedCondition | undefined,
): Promise<{ samples: tf.Tensor4D; columns: number; captions: readonly string[] | undefined }> {
  const { network, schedule } = model;
  const { classes } = network.conditions;
  const columns = classes > 0 ? Math.min(classes, 10) : Math.min(10, heldOut.images.shape[0]);
  const rows = Array.from({ length: 4 * columns }, (_, i) => i % columns);
  const told: Condition = tf.tidy(() => ({
    labels: classes > 0 ? tf.tensor1d(rows, "int32") : undefined,
    // Where something else leads, samples are to show what it says by itself.
    tokens: derived?.leads ? undefined : conditions.tokens && tf.gather(conditions.tokens, rows),
    ...(derived && withSeed(5, () => derived.of(tf.gather(heldOut.images, rows)))),
  }));
  const z = randomNormal([rows.length, ...network.shape], 3);
  const times = samplingTimes(schedule, 20);
  const sampled = await dpmSolver(model.denoiser(told), z, schedule, { times });
  const samples = model.toImages(sampled);
  tf.dispose([z, sampled, { ...told }]);
  const { captions } = heldOut;
  return { samples, columns, captions: captions && rows.map((row) => captions[row]) };
}
