import { tf } from "diffusion";
import { silu } from "../../../../src/layers";
import type { NdArray } from "../array";
import { expectClose, expectError, expectLikeAutodiff, expectLikeReference } from "../compare";

export function siluCases(): void {
  test.each([[[]], [[7]], [[2, 3, 1, 5]]])("x of %j: as the reference", (shape) => {
    expectLikeReference((x) => silu(x), siluReference, [shape]);
  });

  test("as automatic gradients", () => {
    expectLikeAutodiff(
      (x) => silu(x),
      (x) => tf.mul(x, tf.sigmoid(x)),
      [[50, 41]],
    );
  });

  test("far from zero, it is 0 or x, with the slope 0 or 1", () => {
    tf.tidy(() => {
      const x = tf.tensor1d([-1000, -100, 100, 1000]);
      expectClose("value", silu(x).dataSync(), [0, 0, 100, 1000], 1e-6);
      expectClose(
        "slope",
        tf
          .grad((x: tf.Tensor) => silu(x))(x)
          .dataSync(),
        [0, 0, 1, 1],
        1e-6,
      );
    });
  });

  test("a second derivative is refused rather than wrong", () => {
    const slope = tf.grad((x: tf.Tensor) => silu(x));
    tf.tidy(() => {
      expect(() => tf.grad((x: tf.Tensor) => slope(x))(tf.scalar(1))).toThrow(
        "The gradient of silu cannot be differentiated again",
      );
    });
  });

  test("bad arguments are named", () => {
    const integers = tf.zeros([2], "int32");
    expectError(() => silu(integers), "x is a tensor of int32; use float32");
    integers.dispose();
  });
}

export function siluReference({ shape, values }: NdArray): NdArray {
  return { shape, values: values.map((value) => value / (1 + Math.exp(-value))) };
}
