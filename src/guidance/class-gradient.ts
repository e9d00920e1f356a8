import { tf } from "../backend/tf";
import { compile } from "../compile";
import { checkShape, checkType } from "../errors";

/** ∂ log P(c | z_t) / ∂z_t: where to move z_t so that it looks more like its class.
 * @param z z_t, float32 [batch, ...]
 * @param t from 0, for a clean image, to T
 * @returns of the shape of z */
export type ClassGradient = (z: tf.Tensor, t: number) => tf.Tensor;

/** What a classifier says of z_t: log P(c | z_t) but for a constant of each sample.
 * @param z float32 [batch, ...]
 * @param t int32 [batch]
 * @returns float32 [batch, classes] */
export type NoisyLogits = (z: tf.Tensor, t: tf.Tensor) => tf.Tensor2D;

/** The gradient of a classifier for the class that each sample is to have, compiled.
 * @param logits differentiable by z
 * @param labels int32 [batch]
 * @throws RangeError or TypeError at a call for labels that do not fit z */
export function classGradient(
  logits: NoisyLogits,
  labels: tf.Tensor,
): ClassGradient & { readonly dispose: () => void } {
  checkType("labels", labels, "int32");
  const compiled = compile((z: tf.Tensor, t: tf.Tensor, wanted: tf.Tensor) => {
    // A sample's probability depends on that sample alone, so that the gradient of the sum holds those of all.
    const logProbabilities = (at: tf.Tensor): tf.Tensor => {
      const said = logits(at, t);
      return tf.logSoftmax(said).mul(tf.oneHot(wanted, said.shape[1])).sum();
    };
    return tf.grad(logProbabilities)(z);
  });
  const gradient: ClassGradient = (z, t) =>
    tf.tidy(() => {
      checkShape("labels", labels.shape, [z.shape[0]]);
      return compiled(z, tf.fill([z.shape[0]], t, "int32"), labels);
    });
  return Object.assign(gradient, {
    dispose: () => {
      compiled.dispose();
    },
  });
}
