/** Larger and smaller images. But for a factor, each of the two is the other's transpose, that is, its gradient. */
import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { checkFloat } from "./checks";
import { squareMeans } from "./operations";
import { withGradient } from "./with-gradient";

/** Enlarges images: each pixel becomes a square of factor × factor equal ones (nearest neighbour).
 * @param x float32 [batch, height, width, channels]
 * @returns [batch, height · factor, width · factor, channels]
 * @throws RangeError or TypeError for a shape, type or factor that does not fit */
export function upsample(x: tf.Tensor, factor: number = 2): tf.Tensor4D {
  checkImages(x, factor);
  return withGradient(
    "upsample",
    [x],
    () => ({ value: repeatPixels(x, factor), saved: [] }),
    (dy) => [tf.mul(squareMeans(dy, factor), factor ** 2)],
  );
}

/** Shrinks images: each square of factor × factor pixels becomes their mean.
 * @param x float32 [batch, height, width, channels]; the factor divides height and width
 * @returns [batch, height / factor, width / factor, channels]
 * @throws RangeError or TypeError for a shape, type or factor that does not fit */
export function downsample(x: tf.Tensor, factor: number = 2): tf.Tensor4D {
  checkImages(x, factor);
  const [, height, width] = x.shape;
  if (height % factor !== 0 || width % factor !== 0) {
    throw new RangeError(
      `factor is ${factor}; use a divisor of x's height and width, ${height} and ${width}.`,
    );
  }
  return withGradient(
    "downsample",
    [x],
    () => ({ value: squareMeans(x, factor), saved: [] }),
    (dy) => [repeatPixels(tf.mul(dy, 1 / factor ** 2), factor)],
  );
}

/** The result's pixels look up at their centres: at their corners, rounding may lead to a neighbour. */
function repeatPixels(x: tf.Tensor, factor: number): tf.Tensor4D {
  const [, height, width] = x.shape;
  return tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [height * factor, width * factor], false, true);
}

function checkImages(x: tf.Tensor, factor: number): void {
  checkFloat("x", x);
  checkShape("x", x.shape, [null, null, null, null]);
  checkInteger("factor", factor, 1);
}
