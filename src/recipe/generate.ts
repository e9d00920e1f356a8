import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import type { GuidanceOptions } from "../guidance";
import { progress, type ProgressOptions } from "../progress";
import { foldIn, randomNormal, type Seed } from "../random";
import { nextSeed } from "../random/seed";
import { dpmSolver, type Sampler } from "../sampling";
import { samplingTimes } from "../schedule";
import type { DiffusionModel } from "./diffusion-model";

export interface GenerateOptions extends Pick<ProgressOptions, "screen"> {
  /** How many images; as many as there are labels if omitted. */
  readonly count?: number;
  /** The class of each image; none if omitted. */
  readonly labels?: ArrayLike<number>;
  /** How strongly images are led to their classes; as the conditional model has them if omitted. */
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
  /** The class that each image is led away from; all data if omitted. */
  readonly negative?: ArrayLike<number>;
}

/** Many images by a model, some at a time, with progress. Which images come depends on the seed and the batch's size.
 * @returns float32 [count, size, size, channels]
 * @throws RangeError for a bad number of images; InterruptedError */
export async function generate(model: DiffusionModel, options: GenerateOptions): Promise<tf.Tensor4D> {
  const { schedule } = model;
  const { labels, guidance, sampler = dpmSolver, times = samplingTimes(schedule, 20), batch = 100 } = options;
  const { count = labels?.length ?? 0, seed = nextSeed(), screen } = options;
  checkInteger("count", count, 1);
  checkInteger("batch", batch, 1);
  for (const [name, classes] of Object.entries({ labels, "guidance.negative": guidance?.negative })) {
    if (!classes || classes.length === count) continue;
    throw new RangeError(`${name} has ${classes.length} classes for ${count} images; give one for each.`);
  }
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
      const part = (all?: ArrayLike<number>): tf.Tensor1D | undefined =>
        all && tf.tensor1d(Array.from(all).slice(start, start + size), "int32");
      const [given, negative] = [part(labels), part(guidance?.negative)];
      const z = randomNormal([size, height, width, channels], foldIn(seed, 2 * i));
      try {
        const callback = (): Promise<void> => bar.advance();
        const denoise = model.denoiser({ labels: given, guidance: guidance && { ...guidance, negative } });
        made.push(await sampler(denoise, z, schedule, { times, seed: foldIn(seed, 2 * i + 1), callback }));
      } finally {
        tf.dispose([z, given, negative].filter((each) => each !== undefined));
      }
    }
    await bar.finish();
    return tf.concat(made as tf.Tensor4D[]);
  } finally {
    tf.dispose(made);
  }
}
