import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { pace } from "../notebook/pace";
import type { Denoiser } from "../prediction";
import { checkSamples } from "../process/normal";
import type { SamplerOptions } from "../sampling";
import { timesOf } from "../sampling/times";
import { mix } from "../sampling/walk";
import { kernelVariance, type Schedule } from "../schedule";

/** `times` are those of the sampler that is to lead back, so they decrease; they are gone through from the last to the first. */
export type InversionOptions = Pick<SamplerOptions, "times" | "callback">;

/** The weights of z_s and x̂(z_s, s) in z_t = √α_t x̂ + √(1-α_t) ε̂, a step of DDIM with η = 0 from s up to t; ε̂ is the noise that x̂
 * leaves in z_s. At s = 0 there is none, and z_t is √α_t x.
 * @throws RangeError unless T ≥ t > s ≥ 0 are whole numbers */
export function inversionWeights(s: number, t: number, schedule: Schedule): { z: number; x: number } {
  checkInteger("t", t, 1, schedule.steps);
  checkInteger("s", s, 0, t - 1);
  const signal = (time: number): number => Math.sqrt(schedule.alpha[time]);
  if (s === 0) return { z: signal(t), x: 0 };
  const z = Math.sqrt(kernelVariance(t, schedule) / kernelVariance(s, schedule));
  return { z, x: signal(t) - z * signal(s) };
}

/** The noise from which {@link ddim} makes x: its way, which has no noise of its own, gone from the data to T by Euler's
 * method (Song, Meng & Ermon 2021, "DDIM", section 4.3; Dhariwal & Nichol 2021, appendix F). Sampling from it gives x again but for
 * errors of both ways that fall like 1/steps. One call of the denoiser a step, none for the first: at the data the way has no
 * slope.
 * @param x data, float32 [batch, ...]
 * @returns z at the first of the times, of the shape of x; the caller disposes of it
 * @throws RangeError or TypeError for an x or times that do not fit, naming them; InterruptedError */
export async function invert(
  denoise: Denoiser,
  x: tf.Tensor,
  schedule: Schedule,
  options: InversionOptions = {},
): Promise<tf.Tensor> {
  checkSamples("x", x);
  const times = [...timesOf(schedule, options.times)].reverse();
  const steps = times.length - 1;
  const paced = pace();
  let z = x.clone();
  let guess: tf.Tensor | undefined;
  try {
    for (let step = 1; step <= steps; step++) {
      const [s, t] = [times[step - 1], times[step]];
      const from = z;
      tf.dispose(guess ?? []);
      ({ z, guess } = tf.tidy(() => stepUp(denoise, from, s, t, schedule)));
      from.dispose();
      await options.callback?.({ step, steps, t, z, guess });
      await paced();
    }
    return z.clone();
  } finally {
    tf.dispose([z, ...(guess ? [guess] : [])]);
  }
}

function stepUp(
  denoise: Denoiser,
  z: tf.Tensor,
  s: number,
  t: number,
  schedule: Schedule,
): { z: tf.Tensor; guess: tf.Tensor } {
  const guess = s === 0 ? z : denoise(z, s);
  checkShape("The denoiser's result", guess.shape, z.shape);
  const weights = inversionWeights(s, t, schedule);
  // A denoiser may return z itself, or a tensor that its owner keeps: what is disposed of is a clone.
  return { z: mix([weights.z, z], [weights.x, guess]), guess: guess.clone() };
}
