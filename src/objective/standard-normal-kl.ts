import { tf } from "../backend/tf";
import { checkShape, checkType } from "../errors";

/** KL(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² - 1 - log σ²) of normal numbers that are independent of each other, a mean over all of them, in nats:
 * what it takes to send one to somebody who expects N(0, 1) (Kingma & Welling 2014, appendix B).
 * @param mean μ, float32 of any shape
 * @param logVariance log σ², float32 of the same shape
 * @returns a scalar; differentiable by both
 * @throws RangeError or TypeError for shapes or types that do not fit */
export function standardNormalKl(mean: tf.Tensor, logVariance: tf.Tensor): tf.Scalar {
  checkType("mean", mean, "float32");
  checkType("logVariance", logVariance, "float32");
  checkShape("logVariance", logVariance.shape, mean.shape);
  return tf.tidy(() => {
    const each = tf.square(mean).add(tf.exp(logVariance)).sub(1).sub(logVariance);
    return tf.mean(each).mul<tf.Scalar>(0.5);
  });
}
