import { tf } from "../backend/tf";
import { checkShape } from "../errors";
import type { Denoiser } from "../prediction";
import { dynamicThreshold, rescaled } from "./in-range";
import { scaleAt, type GuidanceScale } from "./scale";

/** How a condition steers samples. */
export interface GuidanceOptions {
  /** γ: 0 is the unconditional model, 1 the conditional one, and more goes beyond it. Ho & Salimans' w is γ - 1. */
  readonly gamma: GuidanceScale;
  /** φ of {@link rescaled}; not rescaled if omitted. */
  readonly rescale?: number;
  /** The share of {@link dynamicThreshold}; no threshold if omitted. */
  readonly threshold?: number;
}

/** The two models between which classifier-free guidance goes: from one network, or from two. */
export interface GuidedModels {
  /** x̂(z_t, t, c). */
  readonly conditional: Denoiser;
  /** x̂(z_t, t); or x̂ for a negative condition, from which samples are to be led away. */
  readonly unconditional: Denoiser;
  /** Both at once, the conditional one first: where one call for both costs less than two. */
  readonly both?: (z: tf.Tensor, t: number) => readonly [conditional: tf.Tensor, unconditional: tf.Tensor];
}

/** Classifier-free guidance: (1-γ) x̂(z_t, t) + γ x̂(z_t, t, c) (lecture, "Classifier-free Guidance"; Ho & Salimans 2022, equation 6).
 * The lecture writes it for scores; x̂, ε and v are each a multiple of the score plus a multiple of z_t, and the two weights add
 * up to 1, so that the same mixture holds for all of them. Where γ is 0 or 1 only one of the models is called.
 * @throws RangeError at a call for a γ that is no finite number, or results of different shapes */
export function classifierFree(models: GuidedModels, options: GuidanceOptions): Denoiser {
  const { gamma, rescale, threshold } = options;
  return (z, t) =>
    tf.tidy(() => {
      const scale = scaleAt(gamma, t);
      const guess = scale === 0 ? models.unconditional(z, t) : beyond(models, z, t, { scale, rescale });
      return threshold === undefined ? guess : dynamicThreshold(guess, threshold);
    });
}

function beyond(
  { conditional, unconditional, both }: GuidedModels,
  z: tf.Tensor,
  t: number,
  { scale, rescale }: { readonly scale: number; readonly rescale: number | undefined },
): tf.Tensor {
  if (scale === 1) return conditional(z, t);
  const [led, free] = both ? both(z, t) : [conditional(z, t), unconditional(z, t)];
  checkShape("The conditional model's result", led.shape, free.shape);
  const guided = free.mul(1 - scale).add<tf.Tensor>(led.mul(scale));
  return rescale === undefined ? guided : rescaled(guided, led, rescale);
}
