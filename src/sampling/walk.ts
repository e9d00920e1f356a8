import { tf } from "../backend/tf";
import { checkShape } from "../errors";
import { pace } from "../notebook/pace";
import { checkSamples } from "../process/normal";
import { foldIn, randomNormal } from "../random";
import { nextSeed } from "../random/seed";
import type { Schedule } from "../schedule";
import type { SamplerOptions } from "./sampler";
import { timesOf } from "./times";

/** One step of a sampler, from t to s. */
export interface Step {
  readonly z: tf.Tensor;
  readonly t: number;
  readonly s: number;
  /** What the step before this one started from. */
  readonly before: { readonly t: number; readonly guess: tf.Tensor } | undefined;
  /** Standard normal numbers of the shape of z, new for each step. */
  readonly noise: () => tf.Tensor;
}

/** What a step gives: z_s, and the x̂ on which it rests. */
export interface StepResult {
  readonly z: tf.Tensor;
  readonly guess: tf.Tensor;
}

/** Goes through the times of a sampler: all that samplers have in common. */
export async function walk(
  start: tf.Tensor,
  schedule: Schedule,
  options: SamplerOptions,
  take: (step: Step) => StepResult,
): Promise<tf.Tensor> {
  const times = timesOf(schedule, options.times);
  checkSamples("z", start);
  const noiseOf = noiseSource(start, options);
  const paced = pace();
  let z: tf.Tensor = start.clone();
  let guess: tf.Tensor | undefined;
  try {
    for (let step = 1; step < times.length; step++) {
      const [t, s] = [times[step - 1], times[step]];
      const before: Step["before"] = guess && { t: times[step - 2], guess };
      const from = z;
      const result: StepResult = tf.tidy(() => {
        const { z, guess } = take({ z: from, t, s, before, noise: () => noiseOf(t) });
        checkShape("The denoiser's result", guess.shape, from.shape);
        // A denoiser may return z itself, or a tensor that its owner keeps: what is disposed of here is a clone.
        return { z, guess: guess.clone() };
      });
      tf.dispose([z, ...(guess ? [guess] : [])]);
      ({ z, guess } = result);
      await options.callback?.({ step, steps: times.length - 1, t: s, z, guess });
      await paced();
    }
    return z.clone();
  } finally {
    tf.dispose([z, ...(guess ? [guess] : [])]);
  }
}

function noiseSource(
  start: tf.Tensor,
  { seed = nextSeed(), noise }: SamplerOptions,
): (t: number) => tf.Tensor {
  if (!noise) return (t) => randomNormal(start.shape as [number], foldIn(seed, t));
  return (t) => {
    const given = noise(t);
    checkShape(`noise(${t})`, given.shape, start.shape);
    return given.clone(); // the step's own, so that the caller's stays
  };
}

/** Σ weight · tensor; what has the weight 0 is left out. */
export function mix(...parts: readonly (readonly [weight: number, tensor: tf.Tensor])[]): tf.Tensor {
  const used = parts.filter(([weight]) => weight !== 0);
  if (used.length === 0) return tf.zerosLike(parts[0][1]);
  return used.map(([weight, tensor]) => tensor.mul(weight)).reduce((sum, part) => sum.add(part));
}
