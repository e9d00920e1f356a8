import { tf } from "../backend/tf";
import { checkNumber } from "../errors";
import type { Denoiser } from "../prediction";
import { diffuse } from "../process";
import { checkSamples } from "../process/normal";
import { foldIn } from "../random";
import { nextSeed, seedWords } from "../random/seed";
import { ddim, type Sampler, type SamplerOptions } from "../sampling";
import { timesOf } from "../sampling/times";
import type { Schedule } from "../schedule";

export interface ImageToImageOptions extends SamplerOptions {
  /** How far towards noise x is taken, as the share t/T: at 0 it stays as it is, at 1 nothing of it is left. */
  readonly strength: number;
  /** DDIM if omitted. */
  readonly sampler?: Sampler;
  /** Those of a whole sampler, from T; the way begins at the first that is not above strength · T. */
  readonly times?: readonly number[];
}

/** Makes a picture out of another, such as a photograph out of a drawing: x is diffused to a time t, at which what is wrong with
 * it is hidden by the noise and its layout is not, and sampled from there (Meng et al. 2022, "SDEdit", algorithm 1).
 * @param x float32 [batch, ...]
 * @returns of the shape of x; the caller disposes of it
 * @throws RangeError or TypeError for an x, strength or times that do not fit, naming them; InterruptedError */
export async function imageToImage(
  denoise: Denoiser,
  x: tf.Tensor,
  schedule: Schedule,
  { strength, sampler = ddim, seed = nextSeed(), ...options }: ImageToImageOptions,
): Promise<tf.Tensor> {
  checkNumber("strength", strength, 0, 1);
  checkSamples("x", x);
  // Rounding must not keep a strength of 0.29 away from t = 29 of 100.
  const most = strength * schedule.steps * (1 + 1e-12);
  const times = timesOf(schedule, options.times).filter((t) => t <= most);
  if (times.length < 2) return x.clone();
  // Samplers draw by t = 1 … T from the same seed: 0 is free.
  const words = seedWords(seed);
  const z = diffuse(x, times[0], schedule, { seed: foldIn(words, 0) });
  try {
    return await sampler(denoise, z, schedule, { ...options, times, seed: words });
  } finally {
    z.dispose();
  }
}
