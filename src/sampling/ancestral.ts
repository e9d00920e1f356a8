import { betaVariance, posteriorWeights, type ReverseVariance } from "../process";
import type { Denoiser } from "../prediction";
import type { Schedule } from "../schedule";
import type { tf } from "../backend/tf";
import type { SamplerOptions } from "./sampler";
import { mix, walk } from "./walk";

export interface AncestralOptions extends SamplerOptions {
  /** σ_t². */
  readonly variance?: ReverseVariance;
}

/** Weights of z_t, x̂ and unit noise in z_s, in double precision. */
export interface AncestralWeights {
  readonly z: number;
  readonly x: number;
  readonly noise: number;
}

/** The weights of a step of {@link ancestral} from t to s; at the last one, to s = 0, no noise is added.
 * @throws RangeError if t or s is not a whole number with T ≥ t > s ≥ 0 */
export function ancestralWeights(
  t: number,
  s: number,
  schedule: Schedule,
  variance: ReverseVariance = betaVariance,
): AncestralWeights {
  const { z, x } = posteriorWeights(t, schedule, s);
  return { z, x, noise: s === 0 ? 0 : Math.sqrt(variance(t, schedule, s)) };
}

/** Ancestral sampling: z_{t-1} ~ P_θ(z_{t-1} | z_t) = N(μ_θ(z_t, t), σ_t² I), one step after the other (Prince 2023, algorithm 18.2; Ho et
 * al. 2020, algorithm 2). One call of the denoiser a step. */
export async function ancestral(
  denoise: Denoiser,
  z: tf.Tensor,
  schedule: Schedule,
  { variance, ...options }: AncestralOptions = {},
): Promise<tf.Tensor> {
  return walk(z, schedule, options, ({ z, t, s, noise }) => {
    const guess = denoise(z, t);
    const weights = ancestralWeights(t, s, schedule, variance);
    const moved = mix([weights.z, z], [weights.x, guess]);
    return { z: weights.noise === 0 ? moved : moved.add(noise().mul(weights.noise)), guess };
  });
}
