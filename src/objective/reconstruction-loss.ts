import type { tf } from "../backend/tf";
import { checkShape } from "../errors";
import { meanAbsoluteError, meanSquaredError } from "../layers";

/** What a number's error e counts: |e| (L1), which minds a few large errors less and so blurs edges less, or e² (L2), which is the
 * likelihood of normal noise. */
export type ReconstructionError = "absolute" | "squared";

/** How far images are from those that they are to be: a mean over all numbers.
 * @param images float32 [batch, ...]
 * @param wanted float32 of the same shape
 * @returns a scalar; differentiable by both
 * @throws RangeError or TypeError for shapes or types that do not fit */
export function reconstructionLoss(
  images: tf.Tensor,
  wanted: tf.Tensor,
  error: ReconstructionError = "absolute",
): tf.Scalar {
  checkShape("images", images.shape, wanted.shape);
  return error === "squared" ? meanSquaredError(images, wanted) : meanAbsoluteError(images, wanted);
}
