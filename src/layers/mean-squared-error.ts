import { tf } from "../backend/tf";
import { checkShape } from "../errors";
import { checkFloat } from "./checks";
import { halfSquaredNorm } from "./operations";
import { withGradient } from "./with-gradient";

/** The mean of (prediction - target)² over all numbers, a scalar, with gradients to both. It is NaN for empty tensors.
 * @param prediction float32 of any shape
 * @param target float32 of the same shape
 * @throws RangeError or TypeError for shapes or types that do not fit */
export function meanSquaredError(prediction: tf.Tensor, target: tf.Tensor): tf.Scalar {
  checkFloat("prediction", prediction);
  checkFloat("target", target);
  checkShape("target", target.shape, prediction.shape);
  const factor = 2 / prediction.size;
  return withGradient(
    "meanSquaredError",
    [prediction, target],
    () => {
      const error = tf.sub(prediction, target);
      return { value: tf.mul<tf.Scalar>(halfSquaredNorm(error), factor), saved: [error] };
    },
    (dy, [error]) => {
      const dPrediction = tf.mul(error, tf.mul(dy, factor));
      return [dPrediction, tf.neg(dPrediction)];
    },
  );
}
