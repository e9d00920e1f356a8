import { tf } from "diffusion";
import { downsample, upsample } from "../../../../src/layers";
import { at, build, sum, type NdArray } from "../array";
import { expectError, expectLikeAutodiff, expectLikeReference } from "../compare";

type Shape = [number, number, number, number];

const cases: [Shape, number][] = [
  [[2, 3, 4, 3], 2],
  [[1, 5, 1, 2], 3],
  [[2, 1, 2, 1], 5],
  [[1, 2, 3, 2], 1],
];

export function resampleCases(): void {
  test.each(cases)("upsample %j by %i: as the reference", (shape, factor) => {
    expectLikeReference(
      (x) => upsample(x, factor),
      (x) => enlarged(x, factor),
      [shape],
    );
  });

  test.each(cases)("downsample to %j by %i: as the reference", ([batch, height, width, channels], factor) => {
    expectLikeReference(
      (x) => downsample(x, factor),
      (x) => shrunk(x, factor),
      [[batch, height * factor, width * factor, channels]],
    );
  });

  test("a factor of 2 by default", () => {
    expectLikeReference(
      (x) => upsample(x),
      (x) => enlarged(x, 2),
      [[1, 2, 2, 1]],
    );
    expectLikeReference(
      (x) => downsample(x),
      (x) => shrunk(x, 2),
      [[1, 2, 4, 1]],
    );
  });

  test("as automatic gradients", () => {
    expectLikeAutodiff(
      (x) => upsample(x),
      (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [28, 30]),
      [[4, 14, 15, 8]],
    );
    expectLikeAutodiff(
      (x) => downsample(x),
      (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, "valid"),
      [[4, 28, 30, 8]],
    );
  });

  test("each pixel stays at its place, by any factor", () => {
    for (let factor = 1; factor <= 64; factor++) {
      tf.tidy(() => {
        const rows = upsample(tf.reshape(tf.range(0, 60), [1, 1, 60, 1]), factor);
        const row = [
          ...rows
            .flatten()
            .slice(0, 60 * factor)
            .dataSync(),
        ];
        expect(row.every((value, i) => value === Math.floor(i / factor))).toBe(true);
      });
    }
  });

  test("bad arguments are named", () => {
    const [x, matrix] = [tf.zeros([1, 4, 6, 1]), tf.zeros([4, 4])];
    const integers = tf.zeros([1, 2, 2, 1], "int32");
    for (const layer of [upsample, downsample]) {
      expectError(() => layer(matrix), "x has the shape [4, 4]; use [any, any, any, any]");
      expectError(() => layer(x, 0), "factor is 0; use a whole number of 1 or more");
      expectError(() => layer(x, 1.5), "factor is 1.5");
      expectError(() => layer(integers), "x is a tensor of int32; use float32");
    }
    expectError(() => downsample(x, 3), "factor is 3; use a divisor of x's height and width, 4 and 6");
    expectError(() => downsample(x, 4), "factor is 4; use a divisor");
    tf.dispose([x, matrix, integers]);
  });
}

function enlarged(x: NdArray, factor: number): NdArray {
  const [batch, height, width, channels] = x.shape;
  return build([batch, height * factor, width * factor, channels], (b, i, j, c) =>
    at(x, b, Math.floor(i / factor), Math.floor(j / factor), c),
  );
}

function shrunk(x: NdArray, factor: number): NdArray {
  const [batch, height, width, channels] = x.shape;
  return build([batch, height / factor, width / factor, channels], (b, i, j, c) => {
    const total = sum(factor, (di) => sum(factor, (dj) => at(x, b, i * factor + di, j * factor + dj, c)));
    return total / factor ** 2;
  });
}
