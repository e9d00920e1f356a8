import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import type { GuidanceOptions } from "../guidance";
import type { Condition, ToldNetwork } from "../network";
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

export interface GenerateOptions extends Told, Pick<ProgressOptions, "screen" | "label"> {
  /** How many images; as many as there are labels, captions, conditional images or vectors if omitted. */
  readonly count?: number;
  /** What else the network is told of each image, such as an image that is to be enlarged. */
  readonly condition?: Pick<Condition, "image" | "vector">;
  /** How strongly images are led to their classes or captions; as the conditional model has them if omitted. */
  readonly guidance?: GenerateGuidance;
  /** DPM-Solver++ if omitted. */
  readonly sampler?: Sampler;
  /** The times at which the network is called; 20 even ones if omitted. */
  readonly times?: readonly number[];
  /** Where each sample starts: z at the first of the times, float32 [count, ...]; drawn if omitted. */
  readonly start?: tf.Tensor;
  /** How many images at once. */
  readonly batch?: number;
  readonly seed?: Seed;
}

/** Classifier-free guidance. */
export interface GenerateGuidance extends GuidanceOptions {
  /** The class or caption that each image is led away from; all data if omitted. Images are led by a vector only if one is here, float32
   * [count, n]: zeros stand for all data. */
  readonly negative?: Told & Pick<Condition, "vector">;
}

/** Many images by a model, some at a time, with progress; latents are decoded. Which images come depends on the seed and the batch's size.
 * @returns float32 [count, size, size, channels]
 * @throws RangeError for a bad number of images, or captions that the model's tokenizer does not know; InterruptedError */
export async function generate(model: DiffusionModel, options: GenerateOptions): Promise<tf.Tensor4D> {
  return (await generateSamples(model, options)) as tf.Tensor4D;
}

/** What samples are made by. */
export type SampleModel = Pick<
  DiffusionModel<ToldNetwork>,
  "schedule" | "tokenizer" | "denoiser" | "toImages"
> & {
  readonly network: Pick<ToldNetwork, "shape">;
};

/** The same for samples of any shape: float32 [count, ...]. */
export async function generateSamples(model: SampleModel, options: GenerateOptions): Promise<tf.Tensor> {
  const { schedule } = model;
  const { labels, captions, condition, guidance, start: given } = options;
  const { sampler = dpmSolver, times = samplingTimes(schedule, 20), batch = 100 } = options;
  const { seed = nextSeed(), screen } = options;
  const { image, vector } = condition ?? {};
  const { count = labels?.length ?? captions?.length ?? (image ?? vector)?.shape[0] ?? 0 } = options;
  const { label = `${count} samples` } = options;
  checkInteger("count", count, 1);
  checkInteger("batch", batch, 1);
  const negative = guidance?.negative;
  const told = toldOf(model, { labels, captions }, count);
  const led = negative && toldOf(model, negative, count, "guidance.negative.");
  if (given) checkShape("start", given.shape, [count, ...model.network.shape]);
  const starts = Array.from({ length: Math.ceil(count / batch) }, (_, i) => i * batch);
  const made: tf.Tensor[] = [];
  try {
    const bar = progress(starts.length * (times.length - 1), {
      label,
      ...(screen && { screen }),
    });
    for (const [i, start] of starts.entries()) {
      const size = Math.min(batch, count - start);
      const known = part({ ...condition, ...told }, start, size);
      const away = led && part({ ...led, vector: negative.vector }, start, size);
      const shape = [size, ...model.network.shape] as [number];
      const z = given ? given.slice(start, size) : randomNormal(shape, foldIn(seed, 2 * i));
      try {
        const callback = (): Promise<void> => bar.advance();
        const denoise = model.denoiser({ ...known, guidance: guidance && { ...guidance, negative: away } });
        const sampled = await sampler(denoise, z, schedule, {
          times,
          seed: foldIn(seed, 2 * i + 1),
          callback,
        });
        made.push(model.toImages(sampled));
        sampled.dispose();
      } finally {
        tf.dispose([z, { ...known }, { ...away }]);
      }
    }
    await bar.finish();
    return tf.concat(made);
  } finally {
    tf.dispose([made, { ...told }, { ...led }]);
  }
}

/** What all images are told, as tensors; a number of them that does not fit is named. */
function toldOf(
  { tokenizer }: Pick<DiffusionModel, "tokenizer">,
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
