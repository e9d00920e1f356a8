import { tf } from "../../backend/tf";
import { checkShape } from "../../errors";
import type { Condition } from "../network";

/** z with the conditional image beside its channels (lecture, "Cascaded Conditional Generation": image – channel-wise concatenation;
 * Saharia et al. 2021, "SR3"): a convolution then sees both at the same place. Zeros stand for "none given".
 * @param channels of the conditional image
 * @throws RangeError for an image of another shape than [batch, height, width, channels] */
export function withImage(z: tf.Tensor, { image }: Condition, channels: number): tf.Tensor {
  if (channels === 0) return z;
  const shape = [...z.shape.slice(0, 3), channels];
  if (image) checkShape("condition.image", image.shape, shape);
  return tf.concat([z, image ?? tf.zeros(shape)], 3);
}
