import { tf } from "../backend/tf";
import { checkNumber, checkShape, checkType } from "../errors";

export interface ContrastiveLossOptions {
  /** τ: what the cosines are divided by; a number, or a scalar that is learned, too. */
  readonly temperature: number | tf.Tensor;
  /** Which captions are the same, int32 [batch]: those of equal numbers. An image is to be near all of its own; all captions differ if
   * omitted. */
  readonly ids?: tf.Tensor | undefined;
}

/** The loss of CLIP (Radford et al. 2021, figure 3): in a batch of pairs, each image is to find its caption among all captions, and each
 * caption its image,
 *
 *   L = ½ (H(P, softmax over captions of I Cᵀ/τ) + H(P, softmax over images of I Cᵀ/τ)),
 *
 * with the cross-entropy H, in nats, and P = 1 for partners. Where several captions are equal, P is spread evenly over all that are right
 * (Yang et al. 2022, "Unified contrastive learning in image-text-label space", equation 2).
 * @param images I, unit vectors, float32 [batch, features]
 * @param captions C, those of the partners, float32 [batch, features]
 * @returns a scalar; differentiable by embeddings and temperature
 * @throws RangeError or TypeError for shapes or types that do not fit */
export function contrastiveLoss(
  images: tf.Tensor,
  captions: tf.Tensor,
  { temperature, ids }: ContrastiveLossOptions,
): tf.Scalar {
  checkPairs(images, captions, { temperature, ids });
  return tf.tidy(() => {
    const logits = tf.matMul(images, captions, false, true).div<tf.Tensor2D>(temperature);
    const right = ids ? sharedEvenly(ids) : tf.eye(images.shape[0]);
    const imagesFind = entropy(right, logits);
    const captionsFind = entropy(right, tf.transpose(logits));
    return tf.mul<tf.Scalar>(0.5, tf.add(imagesFind, captionsFind));
  });
}

/** H(P, softmax(logits)) = -Σ P log softmax(logits), a mean over rows. */
const entropy = (right: tf.Tensor, logits: tf.Tensor): tf.Tensor =>
  tf.neg(tf.mean(tf.sum(tf.mul(right, tf.logSoftmax(logits)), 1)));

/** [batch, batch]: 1 where ids are equal, divided by how many are. */
function sharedEvenly(ids: tf.Tensor): tf.Tensor {
  const same = tf.equal(ids.expandDims(0), ids.expandDims(1)).cast("float32");
  return tf.div(same, tf.sum(same, 1, true));
}

function checkPairs(
  images: tf.Tensor,
  captions: tf.Tensor,
  { temperature, ids }: ContrastiveLossOptions,
): void {
  checkType("images", images, "float32");
  checkType("captions", captions, "float32");
  checkShape("images", images.shape, [null, null]);
  checkShape("captions", captions.shape, images.shape);
  if (typeof temperature === "number") checkNumber("temperature", temperature, Number.MIN_VALUE);
  else checkShape("temperature", temperature.shape, []);
  if (!ids) return;
  checkType("ids", ids, "int32");
  checkShape("ids", ids.shape, [images.shape[0]]);
}
