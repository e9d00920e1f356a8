import { tf } from "diffusion";
import { conv2d, type Padding } from "../../../../src/layers";
import { at, build, sum, type NdArray } from "../array";
import { expectError, expectLikeAutodiff, expectLikeReference } from "../compare";

type Shape = [number, number, number, number];
type Case = [string, Shape, Shape, number, Padding];

const small: Case[] = [
  ["odd sizes", [2, 5, 7, 3], [3, 3, 3, 4], 1, "same"],
  ["stride 2, even × odd sizes", [1, 6, 5, 2], [3, 3, 2, 3], 2, "same"],
  ["stride 3", [2, 7, 5, 2], [3, 3, 2, 2], 3, "same"],
  ["an even filter", [1, 4, 5, 2], [4, 2, 2, 3], 1, "same"],
  ["an even filter and stride 2", [1, 7, 6, 2], [2, 4, 2, 3], 2, "same"],
  ["1 × 1", [2, 3, 4, 3], [1, 1, 3, 2], 1, "same"],
  ["1 × 1 and stride 2: pixels left out", [1, 5, 4, 2], [1, 1, 2, 2], 2, "same"],
  ["a filter larger than the image", [1, 2, 3, 1], [5, 5, 1, 2], 1, "same"],
  ["no padding", [2, 6, 5, 2], [3, 2, 2, 2], 1, "valid"],
  ["no padding and stride 3: pixels left out", [1, 8, 7, 2], [3, 3, 2, 2], 3, "valid"],
  ["no padding and a filter as large as the image", [2, 3, 4, 2], [3, 4, 2, 2], 1, "valid"],
];

const large: Case[] = [
  ["32 × 32 pixels", [4, 32, 32, 8], [3, 3, 8, 16], 1, "same"],
  ["stride 2", [3, 28, 27, 8], [3, 3, 8, 16], 2, "same"],
  ["an even filter, stride 2, no padding", [2, 17, 16, 4], [4, 4, 4, 8], 2, "valid"],
];

export function conv2dCases(): void {
  test.each(small)("%s: as the reference", (_, x, filter, stride, padding) => {
    const layer = (x: tf.Tensor, filter: tf.Tensor, bias?: tf.Tensor): tf.Tensor =>
      conv2d(x, filter, bias, { stride, padding });
    const wanted = (x: NdArray, filter: NdArray, bias?: NdArray): NdArray =>
      reference(x, filter, bias, stride, padding);
    expectLikeReference(layer, wanted, [x, filter, [filter[3]]]);
    expectLikeReference(layer, wanted, [x, filter]);
  });

  test.each(large)("%s: as automatic gradients", (_, x, filter, stride, padding) => {
    expectLikeAutodiff(
      (x, filter, bias) => conv2d(x, filter, bias, { stride, padding }),
      (x, filter, bias) => tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, padding), bias),
      [x, filter, [filter[3]]],
    );
  });

  test("stride 1 and padding with zeros by default", () => {
    expectLikeReference(
      (x, filter) => conv2d(x, filter),
      (x, filter) => reference(x, filter, undefined, 1, "same"),
      [
        [1, 4, 4, 1],
        [3, 3, 1, 1],
      ],
    );
  });

  test("bad arguments are named", () => {
    const [x, filter, bias] = [tf.zeros([1, 4, 5, 3]), tf.zeros([3, 3, 3, 2]), tf.zeros([2])];
    expectError(() => conv2d(bias, filter), "x has the shape [2]; use [any, any, any, any]");
    expectError(() => conv2d(x, x), "filter has the shape [1, 4, 5, 3]; use [any, any, 3, any]");
    expectError(() => conv2d(x, bias), "filter has the shape [2]");
    expectError(() => conv2d(x, filter, x), "bias has the shape [1, 4, 5, 3]; use [2]");
    expectError(() => conv2d(x, filter, bias, { stride: 0 }), "stride is 0; use a whole number of 1 or more");
    expectError(() => conv2d(x, filter, bias, { stride: 1.5 }), "stride is 1.5");
    const padding = "full" as Padding;
    expectError(() => conv2d(x, filter, bias, { padding }), 'padding is "full"; use "same" or "valid"');
    const tall = tf.zeros([5, 1, 3, 2]);
    expectError(
      () => conv2d(x, tall, bias, { padding: "valid" }),
      "x has 4 × 5 pixels, fewer than the filter's 5 × 1",
    );
    const integers = tf.zeros([1, 4, 5, 3], "int32");
    expectError(() => conv2d(integers, filter), "x is a tensor of int32; use float32");
    tf.dispose([x, filter, bias, tall, integers]);
  });
}

function reference(
  x: NdArray,
  filter: NdArray,
  bias: NdArray | undefined,
  stride: number,
  padding: Padding,
): NdArray {
  const [batch, ...sizes] = x.shape;
  const [filterHeight, filterWidth, channelsIn, channelsOut] = filter.shape;
  const [rows, columns] = [0, 1].map((i) => outputs(sizes[i], filter.shape[i], stride, padding));
  return build([batch, rows.count, columns.count, channelsOut], (b, row, column, out) => {
    const pixel = (i: number, j: number, c: number): number =>
      at(x, b, row * stride + i - rows.before, column * stride + j - columns.before, c);
    const weighted = sum(filterHeight, (i) =>
      sum(filterWidth, (j) => sum(channelsIn, (c) => pixel(i, j, c) * at(filter, i, j, c, out))),
    );
    return weighted + (bias ? at(bias, out) : 0);
  });
}

function outputs(
  size: number,
  filter: number,
  stride: number,
  padding: Padding,
): { count: number; before: number } {
  if (padding === "valid") return { count: Math.floor((size - filter) / stride) + 1, before: 0 };
  const count = Math.ceil(size / stride);
  return { count, before: Math.floor(Math.max(0, (count - 1) * stride + filter - size) / 2) };
}
