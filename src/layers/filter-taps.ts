import { tf } from "../backend/tf";
import type { Conv2dOptions } from "./conv2d";

type Shape4D = tf.Tensor4D["shape"];

/** The gradient of a convolution to its filter, by plain operations. The tap (i, j) of the filter has multiplied the
 * pixels at (i, j) of all windows; its gradient is the product of these pixels, [channelsIn, windows], and dy,
 * [windows, channelsOut]. */
export function filterGradientByTaps(
  x: tf.Tensor4D,
  [filterHeight, filterWidth, channelsIn, channelsOut]: Shape4D,
  dy: tf.Tensor4D,
  { stride, padding }: Required<Conv2dOptions>,
): tf.Tensor {
  const [batch, rows, columns] = dy.shape;
  const windows = tf.reshape(dy, [batch * rows * columns, channelsOut]);
  const padded = padding === "same" ? padSame(x, [filterHeight, filterWidth], dy, stride) : x;
  const channelsFirst = tf.transpose(padded, [3, 0, 1, 2]);
  const tap = (i: number, j: number): tf.Tensor => {
    const end = [channelsIn, batch, i + (rows - 1) * stride + 1, j + (columns - 1) * stride + 1];
    const pixels = tf.stridedSlice(channelsFirst, [0, 0, i, j], end, [1, 1, stride, stride]);
    return tf.matMul(tf.reshape(pixels, [channelsIn, -1]), windows);
  };
  const taps = Array.from({ length: filterHeight * filterWidth }, (_, index) =>
    tf.tidy(() => tap(Math.floor(index / filterWidth), index % filterWidth)),
  );
  return tf.reshape(tf.stack(taps), [filterHeight, filterWidth, channelsIn, channelsOut]);
}

/** Zeros around the image, as the padding "same" has them: the odd one is at the bottom or the right. */
function padSame(
  x: tf.Tensor4D,
  filterSize: readonly [number, number],
  dy: tf.Tensor4D,
  stride: number,
): tf.Tensor4D {
  const [rows, columns] = filterSize.map((size, i): [number, number] => {
    const total = Math.max(0, (dy.shape[i + 1] - 1) * stride + size - x.shape[i + 1]);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
  return tf.pad(x, [[0, 0], rows, columns, [0, 0]]);
}
