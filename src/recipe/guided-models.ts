import { tf } from "../backend/tf";
import type { GuidanceOptions, GuidedModels } from "../guidance";
import { denoiserOf } from "../prediction";
import type { DiffusionModel } from "./diffusion-model";

/** Classifier-free guidance of one network. */
export interface ClassGuidance extends GuidanceOptions {
  /** The class that each sample is led away from, int32 [batch]: a negative condition. All data, if omitted. */
  readonly negative?: tf.Tensor | undefined;
}

/** One network, told the classes and told none, as the two models of classifier-free guidance; both in one batch of twice the
 * size.
 * @param labels int32 [batch]
 * @throws RangeError without classes, or for a network that takes none */
export function guidedModels(
  { network: { classes }, predictor, predicts, schedule }: Omit<DiffusionModel, "denoiser" | "dispose">,
  labels: tf.Tensor | undefined,
  negative?: tf.Tensor,
): GuidedModels {
  if (classes === 0) throw new RangeError("guidance is given, but the network knows no classes.");
  if (!labels) {
    throw new RangeError("guidance is given, but no labels; give the class that each sample is led to.");
  }
  const told = (classes: tf.Tensor | undefined): GuidedModels["conditional"] =>
    denoiserOf(predictor({ labels: classes }), predicts, schedule);
  return {
    conditional: told(labels),
    unconditional: told(negative),
    both: (z, t) =>
      tf.tidy(() => {
        const all = tf.concat([labels, negative ?? tf.fill(labels.shape, classes, "int32")]);
        return tf.split(told(all)(tf.concat([z, z]), t), 2);
      }) as [conditional: tf.Tensor, unconditional: tf.Tensor],
  };
}
