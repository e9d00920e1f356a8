import type { tf } from "../backend/tf";
import { mix, type Step } from "./walk";

/** Weights of z_t, x̂ and unit noise in z_s, in double precision. */
export interface StepWeights {
  readonly z: number;
  readonly x: number;
  readonly noise: number;
}

/** z_s by its weights; no noise is drawn where it has none. */
export function weightedStep(weights: StepWeights, { z, noise }: Step, guess: tf.Tensor): tf.Tensor {
  const moved = mix([weights.z, z], [weights.x, guess]);
  return weights.noise === 0 ? moved : moved.add(noise().mul(weights.noise));
}
