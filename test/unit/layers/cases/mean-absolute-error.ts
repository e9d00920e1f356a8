import { tf } from "diffusion";
import { meanAbsoluteError } from "../../../../src/layers";
import type { NdArray } from "../array";
import { expectClose, expectError, expectLikeReference } from "../compare";

export function meanAbsoluteErrorCases(): void {
  test.each([[[1]], [[7]], [[2, 3, 4]]])("of %j: as the reference", (shape) => {
    const reference = (a: NdArray, b: NdArray): NdArray => ({
      shape: [],
      values: Float64Array.of(
        a.values.reduce((sum, value, i) => sum + Math.abs(value - b.values[i]), 0) / a.values.length,
      ),
    });
    expectLikeReference((x, y) => meanAbsoluteError(x, y), reference, [shape, shape], { tolerance: 1e-4 });
  });

  test("where both are equal, it has no slope", () => {
    tf.tidy(() => {
      const [x, y] = [tf.tensor1d([1, 2, -1]), tf.tensor1d([1, -1, 0.5])];
      const slopes = tf.grads((a: tf.Tensor, b: tf.Tensor) => meanAbsoluteError(a, b))([x, y]);
      expectClose("gradient to x", slopes[0].dataSync(), [0, 1 / 3, -1 / 3], 1e-6);
      expectClose("gradient to y", slopes[1].dataSync(), [0, -1 / 3, 1 / 3], 1e-6);
    });
  });

  test("bad arguments are named", () => {
    tf.tidy(() => {
      const [x, y] = [tf.zeros([2]), tf.zeros([3])];
      expectError(() => meanAbsoluteError(x, y), "target has the shape [3]; use [2].");
    });
  });
}
