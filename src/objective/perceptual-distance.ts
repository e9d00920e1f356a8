import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";

/** What a network sees in images, layer by layer: float32 [batch, height, width, channels] each, such as `levels` of a classifier. */
export type Seen = (images: tf.Tensor) => readonly tf.Tensor[];

/** How different images look to a network that has learned what is in them,
 *
 *   d = Σ_l mean over pixels ‖φ_l(x) - φ_l(y)‖²,
 *
 * where φ_l is what layer l gives at a pixel, divided by its length (LPIPS; Zhang et al. 2018, "The unreasonable effectiveness of deep
 * features", equation 1, with all weights w_l = 1). Noise that hides no edge counts little, and a blur much, the other way round than
 * between pixels. Each layer counts between 0 and 4.
 *
 * The network's parameters are fixed here: in a compiled step, too, only the images get gradients if they alone are asked for.
 * @param images float32 [batch, height, width, channels]
 * @param others float32 of the same shape
 * @returns a scalar, a mean over the batch; differentiable by both
 * @throws RangeError for shapes that do not fit, or a network that gives no layers */
export function perceptualDistance(images: tf.Tensor, others: tf.Tensor, seen: Seen): tf.Scalar {
  checkShape("images", images.shape, [null, null, null, null]);
  checkShape("others", others.shape, images.shape);
  return tf.tidy(() => {
    const [ours, theirs] = [seen(images), seen(others)];
    checkInteger("the number of layers", ours.length, 1);
    const each = ours.map((layer, l) => squaredDistance(unit(layer), unit(theirs[l])));
    return tf.addN(each) as tf.Scalar;
  });
}

/** ‖a - b‖² at a pixel, a mean over pixels and batch. */
const squaredDistance = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  tf.mean(tf.sum(tf.square(tf.sub(a, b)), 3));

/** Each pixel's vector divided by its length. */
const unit = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.rsqrt(tf.sum(tf.square(x), 3, true).add(tiny)));

/** So that zeros stay zeros. */
const tiny = 1e-10;
