import { betaVariance, posteriorWeights, type ReverseVariance } from "../process";
import type { Denoiser } from "../prediction";
import type { Schedule } from "../schedule";
import type { tf } from "../backend/tf";
import type { SamplerOptions } from "./sampler";
import { stepMean, withNoise, type StepWeights } from "./step-weights";
import { walk } from "./walk";

export interface AncestralOptions extends SamplerOptions {
  /** σ_t². */
  readonly variance?: ReverseVariance;
  /** What the mean of each step is shifted by, in units of σ_t²; none if omitted. */
  readonly shift?: MeanShift;
}

/** A direction in which to shift the mean of P_θ(z_s | z_t): of the shape of z. */
export type MeanShift = (step: {
  readonly z: tf.Tensor;
  readonly t: number;
  /** μ_θ(z_t, t). */
  readonly mean: tf.Tensor;
  readonly s: number;
}) => tf.Tensor;

/** The weights of a step of {@link ancestral} from t to s; at the last one, to s = 0, no noise is added.
 * @throws RangeError if t or s is not a whole number with T ≥ t > s ≥ 0 */
export function ancestralWeights(
  t: number,
  s: number,
  schedule: Schedule,
  variance: ReverseVariance = betaVariance,
): StepWeights {
  const { z, x } = posteriorWeights(t, schedule, s);
  return { z, x, noise: s === 0 ? 0 : Math.sqrt(variance(t, schedule, s)) };
}

/** Ancestral sampling: z_{t-1} ~ P_θ(z_{t-1} | z_t) = N(μ_θ(z_t, t), σ_t² I), one step after the other (Prince 2023, algorithm 18.2; Ho et
 * al. 2020, algorithm 2). One call of the denoiser a step. */
export async function ancestral(
  denoise: Denoiser,
  z: tf.Tensor,
  schedule: Schedule,
  { variance = betaVariance, shift, ...options }: AncestralOptions = {},
): Promise<tf.Tensor> {
  return walk(z, schedule, options, (step) => {
    const { z, t, s } = step;
    const guess = denoise(z, t);
    const weights = ancestralWeights(t, s, schedule, variance);
    const mean = stepMean(weights, step, guess);
    const next = withNoise(weights, step, mean);
    if (!shift) return { z: next, guess };
    return { z: next.add(shift({ z, t, mean, s }).mul(variance(t, schedule, s))), guess };
  });
}
