import { tf } from "diffusion";
import { meanSquaredError } from "../../../../src/layers";
import { sum, type NdArray } from "../array";
import { expectError, expectLikeAutodiff, expectLikeReference } from "../compare";

export function meanSquaredErrorCases(): void {
  test.each([[[]], [[7]], [[2, 3, 1, 5]]])("of %j: as the reference", (shape) => {
    expectLikeReference((a, b) => meanSquaredError(a, b), reference, [shape, shape]);
  });

  test("as automatic gradients", () => {
    const shape = [4, 28, 28, 3];
    expectLikeAutodiff(
      (a, b) => meanSquaredError(a, b),
      (a, b) => tf.mean(tf.square(tf.sub(a, b))),
      [shape, shape],
    );
  });

  test("bad arguments are named", () => {
    const [x, other, integers] = [tf.zeros([2, 3]), tf.zeros([3]), tf.zeros([2, 3], "int32")];
    expectError(() => meanSquaredError(x, other), "target has the shape [3]; use [2, 3]");
    expectError(() => meanSquaredError(x, integers), "target is a tensor of int32; use float32");
    expectError(() => meanSquaredError(integers, x), "prediction is a tensor of int32; use float32");
    tf.dispose([x, other, integers]);
  });
}

function reference(a: NdArray, b: NdArray): NdArray {
  const count = a.values.length;
  const mean = sum(count, (i) => (a.values[i] - b.values[i]) ** 2) / count;
  return { shape: [], values: Float64Array.of(mean) };
}
