import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import type { Denoiser } from "../prediction";
import type { MeanShift } from "../sampling";
import { kernelVariance, type Schedule } from "../schedule";
import type { ClassGradient } from "./class-gradient";
import { scaleAt, type GuidanceScale } from "./scale";

export interface ClassifierGuidanceOptions {
  /** γ: 0 is the model as it is, 1 follows Bayes' rule; 1 if omitted. */
  readonly gamma?: GuidanceScale;
}

/** Classifier guidance for every sampler: x̂ + γ (1-α_t)/√α_t · ∂ log P(c | z_t)/∂z_t. This x̂ is the one whose score is that of the
 * lecture ("Classifier Guidance - Issues"), ∂ log P(z_t)/∂z_t + γ ∂ log P(c | z_t)/∂z_t, as the score is (√α_t x̂ - z_t)/(1-α_t); in
 * terms of the noise it is ε̂ - γ √(1-α_t) ∂ log P(c | z_t)/∂z_t (Dhariwal & Nichol 2021, algorithm 2). A step of ancestral sampling then has its
 * mean shifted by γ β_t/√(1-β_t) times the gradient: that of {@link guidedMean} for σ_t² = β_t, but for the root.
 * @throws RangeError at a call for a γ that is no finite number, a gradient of another shape than z, or where nothing is left of
 *   the data (α_t = 0) */
export function classifierGuided(
  denoise: Denoiser,
  gradient: ClassGradient,
  schedule: Schedule,
  { gamma = 1 }: ClassifierGuidanceOptions = {},
): Denoiser {
  return (z, t) =>
    tf.tidy(() => {
      const scale = scaleAt(gamma, t);
      const guess = denoise(z, t);
      if (scale === 0) return guess;
      const ahead = gradientAt(gradient, z, t);
      return guess.add<tf.Tensor>(ahead.mul(scale * guessPerScore(t, schedule)));
    });
}

/** How far x̂ moves with the score, (1-α_t)/√α_t. */
function guessPerScore(t: number, schedule: Schedule): number {
  checkInteger("t", t, 1, schedule.steps);
  const signal = Math.sqrt(schedule.alpha[t]);
  if (signal === 0) {
    throw new RangeError(
      `At t = ${t} nothing is left of the data (α_t = 0), so that no classifier can guide; begin at an earlier time.`,
    );
  }
  return kernelVariance(t, schedule) / signal;
}

export interface GuidedMeanOptions extends ClassifierGuidanceOptions {
  /** Where the gradient is taken: at z_t, as in the lecture, or at the mean of z_{t-1}, about which Dhariwal & Nichol (2021, section
   * 4.1) expand log P(c | z_{t-1}). */
  readonly at?: "z" | "mean";
}

/** Classifier guidance as the lecture writes it, for {@link ancestral} alone: the mean of z_{t-1} is shifted by
 * γ σ_t² ∂ log P(c | z_t)/∂z_t (lecture, "Guided Generation – Classifier Guidance", whose slide leaves out the logarithm; Dhariwal &
 * Nichol 2021, algorithm 1).
 * @returns for the option `shift`
 * @throws RangeError at a call for a γ that is no finite number, or a gradient of another shape than z */
export function guidedMean(
  gradient: ClassGradient,
  { gamma = 1, at = "z" }: GuidedMeanOptions = {},
): MeanShift {
  return ({ z, t, mean, s }) =>
    tf.tidy(() => {
      const ahead = at === "mean" ? gradientAt(gradient, mean, s) : gradientAt(gradient, z, t);
      return ahead.mul(scaleAt(gamma, t));
    });
}

function gradientAt(gradient: ClassGradient, z: tf.Tensor, t: number): tf.Tensor {
  const ahead = gradient(z, t);
  checkShape("The class gradient", ahead.shape, z.shape);
  return ahead;
}
