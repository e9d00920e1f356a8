import { tf } from "../backend/tf";
import { checkShape, checkType } from "../errors";
import { slerp } from "../editing";

/** Each row divided by its length: embeddings are points of a sphere, of which only the direction counts.
 * @param x float32 [batch, features]
 * @returns of the shape of x; a row of zeros stays one
 * @throws RangeError or TypeError for another shape or type */
export function unitVectors(x: tf.Tensor): tf.Tensor2D {
  checkType("x", x, "float32");
  checkShape("x", x.shape, [null, null]);
  return tf.tidy(() => x.divNoNan(x.square().sum(1, true).sqrt()));
}

/** Arithmetic with texts (Ramesh et al. 2022, section 3.3, "Text diffs"): embeddings of images are taken towards what a new text has and
 * an old one has not, z_d = (z_to - z_from) / |z_to - z_from|, along an arc of the sphere. In the paper shares between 0.25 and 0.5 make the
 * edit; at 1 nothing of the image is left, and z_d itself is the embedding of no image.
 * @param images unit vectors, float32 [batch, features]
 * @param from those of texts about the images as they are, [batch, features]
 * @param to those of texts about the images as they are to be, [batch, features]
 * @param share of the way, from 0 to 1
 * @returns unit vectors, [batch, features]; an image whose two texts have the same embedding stays where it is
 * @throws RangeError or TypeError for shapes, types or a share that do not fit */
export function towardsText(
  images: tf.Tensor2D,
  from: tf.Tensor2D,
  to: tf.Tensor2D,
  share: number,
): tf.Tensor2D {
  checkShape("from", from.shape, images.shape);
  checkShape("to", to.shape, images.shape);
  return tf.tidy(() => {
    const difference = unitVectors(to.sub(from));
    const same = difference.abs().sum(1, true).equal(0);
    return unitVectors(slerp(images, tf.where(same, images, difference), share));
  });
}
