import type { tf } from "../backend/tf";
import { mix, type Step } from "./walk";

/** Weights of z_t, x̂ and unit noise in z_s, in double precision. */
export interface StepWeights {
  readonly z: number;
  readonly x: number;
  readonly noise: number;
}

/** z_s by its weights; no noise is drawn where it has none. */
export function weightedStep(weights: StepWeights, step: Step, guess: tf.Tensor): tf.Tensor {
  return withNoise(weights, step, stepMean(weights, step, guess));
}

/** The mean of z_s. */
export function stepMean(weights: StepWeights, { z }: Step, guess: tf.Tensor): tf.Tensor {
  return mix([weights.z, z], [weights.x, guess]);
}

/** z_s by its mean. */
export function withNoise(weights: StepWeights, { noise }: Step, mean: tf.Tensor): tf.Tensor {
  return weights.noise === 0 ? mean : mean.add(noise().mul(weights.noise));
}
