import { tf } from "../backend/tf";
import type { Points } from "./points";

/** x·y of the centred points, for each point x of `a` and each y of `b`: [a.count, b.count], row by row, with
 * float32's errors. */
export async function centredProducts(a: Points, b: Points): Promise<Float32Array> {
  const matrix = ({ centred, count, dimension }: Points): tf.Tensor2D =>
    tf.tensor2d(centred, [count, dimension]);
  const product = tf.tidy(() => tf.matMul(matrix(a), matrix(b), false, true));
  try {
    return await product.data<"float32">();
  } finally {
    product.dispose();
  }
}
