import { tf } from "../backend/tf";
import { checkType } from "../errors";

/** Where x is known: a mask of zeros and ones as booleans of the shape of x. The mask is read on the host, once.
 * @throws RangeError or TypeError for a shape that does not spread over x, another type than float32, or other numbers */
export async function knownPlaces(mask: tf.Tensor, x: tf.Tensor): Promise<tf.Tensor> {
  checkType("mask", mask, "float32");
  if (!spreads(mask.shape, x.shape)) {
    throw new RangeError(
      `mask has the shape [${mask.shape.join(", ")}], which does not spread over x; use [${x.shape.join(", ")}], ` +
        "or 1 in place of an axis along which it is the same.",
    );
  }
  const values = await mask.data<"float32">();
  const odd = values.findIndex((value) => value !== 0 && value !== 1);
  if (odd >= 0) {
    throw new RangeError(
      `mask holds ${values[odd]}; use 1 where x is known and 0 where it is to be made, as by mask.greater(0.5).cast("float32").`,
    );
  }
  return tf.tidy(() => tf.broadcastTo(mask, x.shape as [number]).cast("bool"));
}

/** Whether a tensor of one shape can be repeated to fill another: axes are counted from the last. */
function spreads(shape: readonly number[], over: readonly number[]): boolean {
  const missing = over.length - shape.length;
  return missing >= 0 && shape.every((size, axis) => size === 1 || size === over[missing + axis]);
}
