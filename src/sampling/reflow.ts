import { tf } from "../backend/tf";
import { randomIndices } from "../data/random-batch";
import { checkInteger, checkShape } from "../errors";
import type { Denoiser } from "../prediction";
import type { Schedule } from "../schedule";
import { ddim } from "./ddim";
import type { Sampler, SamplerOptions } from "./sampler";

/** Noise and data that belong together, row by row. */
export interface Coupling {
  /** float32 [count, ...]. */
  readonly noise: tf.Tensor;
  /** Of the same shape. */
  readonly x: tf.Tensor;
}

export interface CouplingOptions extends Pick<SamplerOptions, "times"> {
  /** One that adds no noise; DDIM if omitted. */
  readonly sampler?: Sampler;
  /** How many samples are made at once; all if omitted. */
  readonly batch?: number;
}

/** Couples each noise with the sample that a denoiser's flow makes of it. A network that is trained on such pairs instead of independent ones
 * learns a flow with the same samples and straighter paths, since the ways of a flow never cross, and lines between their ends cross less than
 * between ends that were drawn apart: the reflow (Liu et al. 2023, "Flow straight and fast", algorithm 1). With {@link randomPairs} its step is
 * `denoisingLoss(predict, x, schedule, { predicts: "flow", noise })`.
 * @param noise ε, where the ways begin: z_T of a schedule that ends in noise, float32 [count, ...]
 * @returns the noise, cloned, and its samples; the caller disposes of both
 * @throws RangeError for a bad batch, or what the sampler throws; InterruptedError */
export async function coupling(
  denoise: Denoiser,
  noise: tf.Tensor,
  schedule: Schedule,
  { sampler = ddim, times, batch = noise.shape[0] ?? 1 }: CouplingOptions = {},
): Promise<Coupling> {
  checkInteger("batch", batch, 1);
  const parts: tf.Tensor[] = [];
  try {
    for (let from = 0; from < noise.shape[0]; from += batch) {
      const part = noise.slice(from, Math.min(batch, noise.shape[0] - from));
      try {
        parts.push(await sampler(denoise, part, schedule, times && { times }));
      } finally {
        part.dispose();
      }
    }
    return { noise: noise.clone(), x: tf.concat(parts) };
  } finally {
    tf.dispose(parts);
  }
}

/** Draws pairs with replacement, each with the same probability. To be called within a training step, also a compiled one.
 * @throws RangeError for a bad size, or noise and data of different shapes */
export function randomPairs({ noise, x }: Coupling, size: number): Coupling {
  checkShape("noise", noise.shape, x.shape);
  checkInteger("size", size, 1);
  return tf.tidy(() => {
    const index = randomIndices(size, x.shape[0]);
    return { noise: tf.gather(noise, index), x: tf.gather(x, index) };
  });
}
