import { hasRawOps, rawOp } from "../backend/raw-op";
import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { checkFloat, lastSize } from "./checks";
import { filterGradientByTaps } from "./filter-taps";
import { addBias, biasGradient } from "./operations";
import { withGradient } from "./with-gradient";

/** At the border of the image: "same" pads with zeros, so that the output has ⌈size / stride⌉ pixels; "valid" uses only
 * whole windows. */
export type Padding = "same" | "valid";

/** Settings of {@link conv2d}. */
export interface Conv2dOptions {
  /** Pixels between two windows, in both directions; 1 if omitted. */
  readonly stride?: number;
  /** "same" if omitted. */
  readonly padding?: Padding;
}

/** A convolution of images, as neural networks mean it (a cross-correlation): each output pixel is the sum over a
 * window of the image, weighted by the filter, plus the bias (LeCun et al. 1998).
 * @param x float32 [batch, height, width, channelsIn]
 * @param filter float32 [filterHeight, filterWidth, channelsIn, channelsOut]
 * @param bias float32 [channelsOut]; none if omitted
 * @returns [batch, heightOut, widthOut, channelsOut]
 * @throws RangeError or TypeError for shapes, types or settings that do not fit */
export function conv2d(
  x: tf.Tensor,
  filter: tf.Tensor,
  bias?: tf.Tensor,
  { stride = 1, padding = "same" }: Conv2dOptions = {},
): tf.Tensor4D {
  checkConv2d(x, filter, bias);
  checkWindows(x, filter, stride, padding);
  const how = { stride, padding };
  return withGradient(
    "conv2d",
    bias ? [x, filter, bias] : [x, filter],
    () => {
      const value = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, padding);
      return { value: (bias ? addBias(value, bias) : value) as tf.Tensor4D, saved: [x, filter] };
    },
    (dy, saved) => {
      const [x, filter] = saved as tf.Tensor4D[];
      const dx = tf.conv2dTranspose(dy, filter, x.shape, stride, padding);
      const dFilter = filterGradient(x, filter.shape, dy, how);
      return bias ? [dx, dFilter, biasGradient(dy)] : [dx, dFilter];
    },
  );
}

function filterGradient(
  x: tf.Tensor4D,
  shape: tf.Tensor4D["shape"],
  dy: tf.Tensor4D,
  how: Required<Conv2dOptions>,
): tf.Tensor {
  if (!hasRawOps()) return filterGradientByTaps(x, shape, dy, how);
  const attributes = {
    T: "float32",
    strides: { int: [1, how.stride, how.stride, 1] },
    padding: { text: how.padding.toUpperCase() },
    data_format: { text: "NHWC" },
    use_cudnn_on_gpu: true,
    dilations: { int: [1, 1, 1, 1] },
  } as const;
  return rawOp("Conv2DBackpropFilter", attributes, [x, tf.tensor1d(shape, "int32"), dy]);
}

function checkConv2d(x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor | undefined): void {
  checkFloat("x", x);
  checkFloat("filter", filter);
  checkShape("x", x.shape, [null, null, null, null]);
  checkShape("filter", filter.shape, [null, null, lastSize(x), null]);
  if (!bias) return;
  checkFloat("bias", bias);
  checkShape("bias", bias.shape, [lastSize(filter)]);
}

function checkWindows(x: tf.Tensor, filter: tf.Tensor, stride: number, padding: string): void {
  checkInteger("stride", stride, 1);
  if (padding !== "same" && padding !== "valid") {
    throw new RangeError(`padding is "${padding}"; use "same" or "valid".`);
  }
  const [, height, width] = x.shape;
  const [filterHeight, filterWidth] = filter.shape;
  if (padding === "same" || (filterHeight <= height && filterWidth <= width)) return;
  throw new RangeError(
    `x has ${height} × ${width} pixels, fewer than the filter's ${filterHeight} × ${filterWidth}; ` +
      `use the padding "same", or a smaller filter.`,
  );
}
