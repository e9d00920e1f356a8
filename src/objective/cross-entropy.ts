import { tf } from "../backend/tf";
import { checkShape, checkType } from "../errors";

/** -log P(c) of the right class c, a mean over samples, in nats: the loss of a classifier.
 * @param logits float32 [batch, classes]
 * @param labels int32 [batch], from 0
 * @param smoothing what is taken from the right class and spread evenly over all of them (Szegedy et al. 2016, section 7)
 * @returns a scalar; differentiable by the logits
 * @throws RangeError or TypeError for shapes or types that do not fit */
export function crossEntropy(logits: tf.Tensor, labels: tf.Tensor, smoothing: number = 0): tf.Scalar {
  checkShape("logits", logits.shape, [null, null]);
  checkShape("labels", labels.shape, [logits.shape[0]]);
  checkType("labels", labels, "int32");
  const classes = logits.shape[1]!;
  return tf.tidy(() => {
    const wanted = tf.oneHot(
      labels,
      classes,
      1 - smoothing + smoothing / classes,
      smoothing / classes,
      "float32",
    );
    const each = tf.sum(tf.mul(wanted, tf.logSoftmax(logits)), 1);
    return tf.mul<tf.Scalar>(-1, tf.mean(each));
  });
}
