import { tf } from "../backend/tf";
import { checkShape } from "../errors";
import { checkFloat } from "./checks";
import { withGradient } from "./with-gradient";

/** The mean of |prediction - target| over all numbers, a scalar, with gradients to both: 0 where they are equal. It is NaN for empty tensors.
 * @param prediction float32 of any shape
 * @param target float32 of the same shape
 * @throws RangeError or TypeError for shapes or types that do not fit */
export function meanAbsoluteError(prediction: tf.Tensor, target: tf.Tensor): tf.Scalar {
  checkFloat("prediction", prediction);
  checkFloat("target", target);
  checkShape("target", target.shape, prediction.shape);
  return withGradient(
    "meanAbsoluteError",
    [prediction, target],
    () => {
      const error = tf.sub(prediction, target);
      return { value: tf.mean<tf.Scalar>(tf.abs(error)), saved: [error] };
    },
    (dy, [error]) => {
      const dPrediction = tf.mul(tf.sign(error), tf.mul(dy, 1 / error.size));
      return [dPrediction, tf.neg(dPrediction)];
    },
  );
}
