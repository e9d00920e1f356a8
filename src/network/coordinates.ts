import { tf } from "../backend/tf";

/** Images with two more channels: how far right and how far down a pixel is, from -1 to 1 (Liu et al. 2018, "An intriguing failing of
 * convolutional neural networks and the CoordConv solution").
 * @param x float32 [batch, height, width, channels]
 * @returns [batch, height, width, channels + 2] */
export function withCoordinates(x: tf.Tensor): tf.Tensor {
  const [batch, height, width] = x.shape;
  const right = middles(width).reshape([1, 1, width, 1]);
  const down = middles(height).reshape([1, height, 1, 1]);
  const everywhere = [right, down].map((each) => tf.broadcastTo(each, [batch, height, width, 1]));
  return tf.concat([x, ...everywhere], 3);
}

/** Where the middles of pixels are on a line from -1 to 1. */
const middles = (count: number): tf.Tensor1D =>
  tf.tensor1d(Float32Array.from({ length: count }, (_, i) => (2 * i + 1) / count - 1));
