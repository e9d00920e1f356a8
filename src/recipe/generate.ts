import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import type { GuidanceOptions } from "../guidance";
import type { Condition } from "../network";
import { progress, type ProgressOptions } from "../progress";
import { foldIn, randomNormal, type Seed } from "../random";
import { nextSeed } from "../random/seed";
import { dpmSolver, type Sampler } from "../sampling";
import { samplingTimes } from "../schedule";
import { captionTensor } from "../text/caption-tensor";
import type { DiffusionModel } from "./diffusion-model";

/** What images are told, one thing for each. */
export interface Told {
  /** The class of each image; none if omitted. */
  readonly labels?: ArrayLike<number> | undefined;
  /** The caption of each image; none if omitted. */
  readonly captions?: readonly string[] | undefined;
}

export interface GenerateOptions extends Told, Pick<ProgressOptions, "screen"> {
  /** How many images; as many as there are labels, captions or conditional images if omitted. */
  readonly count?: number;
  /** What else the network is told of each image, such as an image that is to be enlarged. */
  readonly condition?: Pick<Condition, "image" | "vector">;
  /** How strongly images are led to their classes or captions; as the conditional model has them if omitted. */
  readonly guidance?: GenerateGuidance;
  /** DPM-Solver++ if omitted. */
  readonly sampler?: Sampler;
  /** The times at which the network is called; 20 even ones if omitted. */
  readonly times?: readonly number[];
  /** How many images at once. */
  readonly batch?: number;
  readonly seed?: Seed;
}

/** Classifier-free guidance. */
export interface GenerateGuidance extends GuidanceOptions {
  /** The class or caption that each image is led away from; all data if omitted. */
  readonly negative?: Told;
}

/** Many images by a model, some at a time, with progress; latents are decoded. Which images come depends on the seed and the batch's size.
 * @returns float32 [count, size, size, channels]
 * @throws RangeError for a bad number of images, or captions that the model's tokenizer does not know; InterruptedError */
export async function generate(model: DiffusionModel, options: GenerateOptions): Promise<tf.Tensor4D> {
  const { schedule } = model;
  const { labels, captions, condition, guidance } = options;
  const { sampler = dpmSolver, times = samplingTimes(schedule, 20), batch = 100 } = options;
  const { seed = nextSeed(), screen } = options;
  const { count = labels?.length ?? captions?.length ?? condition?.image?.shape[0] ?? 0 } = options;
  checkInteger("count", count, 1);
  checkInteger("batch", batch, 1);
  const negative = guidance?.negative;
  const told = toldOf(model, { labels, captions }, count);
  const led = negative && toldOf(model, negative, count, "guidance.negative.");
  const [height, width, channels] = model.network.shape;
  const starts = Array.from({ length: Math.ceil(count / batch) }, (_, i) => i * batch);
  const made: tf.Tensor[] = [];
  try {
    const bar = progress(starts.length * (times.length - 1), {
      label: `${count} samples`,
      ...(screen && { screen }),
    });
    for (const [i, start] of starts.entries()) {
      const size = Math.min(batch, count - start);
      const [given, away] = [part({ ...condition, ...told }, start, size), led && part(led, start, size)];
      const z = randomNormal([size, height, width, channels], foldIn(seed, 2 * i));
      try {
        const callback = (): Promise<void> => bar.advance();
        const denoise = model.denoiser({ ...given, guidance: guidance && { ...guidance, negative: away } });
        const sampled = await sampler(denoise, z, schedule, {
          times,
          seed: foldIn(seed, 2 * i + 1),
          callback,
        });
        made.push(model.toImages(sampled));
        sampled.dispose();
      } finally {
        tf.dispose([z, { ...given }, { ...away }]);
      }
    }
    await bar.finish();
    return tf.concat(made as tf.Tensor4D[]);
  } finally {
    tf.dispose([made, { ...told }, { ...led }]);
  }
}

/** What all images are told, as tensors; a number of them that does not fit is named. */
function toldOf(
  { tokenizer }: DiffusionModel,
  { labels, captions }: Told,
  count: number,
  prefix: string = "",
): Condition {
  checkCount(`${prefix}labels`, "classes", labels, count);
  checkCount(`${prefix}captions`, "captions", captions, count);
  if (captions && !tokenizer) {
    throw new RangeError(`${prefix}captions is given, but the model knows no captions.`);
  }
  return {
    labels: labels && tf.tensor1d(Array.from(labels), "int32"),
    tokens: captions && tokenizer && captionTensor(captions, tokenizer),
  };
}

function checkCount(name: string, what: string, given: ArrayLike<unknown> | undefined, count: number): void {
  if (!given || given.length === count) return;
  throw new RangeError(`${name} has ${given.length} ${what} for ${count} images; give one for each.`);
}

/** That of some images. */
function part({ labels, tokens, image, vector }: Condition, start: number, size: number): Condition {
  const rows = (all: tf.Tensor | undefined): tf.Tensor | undefined => all?.slice(start, size);
  return { labels: rows(labels), tokens: rows(tokens), image: rows(image), vector: rows(vector) };
}
