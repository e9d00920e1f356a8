import { tf } from "../backend/tf";

/** Numbers without a pattern, of about unit size, short enough to be read in a message: always the same for the same start. */
export function unpatterned<R extends tf.Rank = tf.Rank>(
  shape: readonly number[],
  start: number,
): tf.Tensor<R> {
  const size = shape.reduce((product, each) => product * each, 1);
  const numbers = Array.from({ length: size }, (_, i) =>
    Number((1.6 * Math.sin(start + 2.3 * i + 0.7 * i * i)).toFixed(2)),
  );
  return tf.tensor<R>(numbers, [...shape] as tf.ShapeMap[R]);
}
