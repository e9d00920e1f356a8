import type { tf } from "../backend/tf";
import { checkNumber } from "../errors";
import type { Denoiser } from "../prediction";
import { posteriorVariance } from "../process";
import { kernelVariance, type Schedule } from "../schedule";
import type { SamplerOptions } from "./sampler";
import { weightedStep, type StepWeights } from "./step-weights";
import { walk } from "./walk";

export interface DdimOptions extends SamplerOptions {
  /** How much of the noise of ancestral sampling is added: 0 for none, 1 for as much as with σ_t² = β̃_t. */
  readonly eta?: number;
}

/** The weights of a step of {@link ddim} from t to s: of √α_s x̂ + √(1-α_s-σ²) ε̂ + σ ε, where ε̂ is the noise that x̂ leaves
 * in z_t, and σ² = η² β̃ (Song et al. 2021, equations 12 and 16).
 * @throws RangeError if t or s is not a whole number with T ≥ t > s ≥ 0, or η is outside 0 … 1 */
export function ddimWeights(t: number, s: number, schedule: Schedule, eta: number = 0): StepWeights {
  checkNumber("eta", eta, 0, 1);
  const variance = eta ** 2 * posteriorVariance(t, schedule, s);
  // Rounding must not take it below 0.
  const rest = Math.max(0, kernelVariance(s, schedule) - variance);
  const direction = Math.sqrt(rest / kernelVariance(t, schedule));
  return {
    z: direction,
    x: Math.sqrt(schedule.alpha[s]) - direction * Math.sqrt(schedule.alpha[t]),
    noise: Math.sqrt(variance),
  };
}

/** Denoising diffusion implicit models (Song, Meng & Ermon 2021): steps of any length that keep the marginals q(z_s) for each
 * η. With η = 0 the way from z_T to z_0 is determined; with η = 1 it is ancestral sampling with σ_t² = β̃_t. One call of the
 * denoiser a step. */
export async function ddim(
  denoise: Denoiser,
  z: tf.Tensor,
  schedule: Schedule,
  { eta, ...options }: DdimOptions = {},
): Promise<tf.Tensor> {
  return walk(z, schedule, options, (step) => {
    const guess = denoise(step.z, step.t);
    const weights = ddimWeights(step.t, step.s, schedule, eta);
    return { z: weightedStep(weights, step, guess), guess };
  });
}
