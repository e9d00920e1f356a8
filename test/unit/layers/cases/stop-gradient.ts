import { tf } from "diffusion";
import { stopGradient, straightThrough } from "../../../../src/layers";
import { expectClose, expectError } from "../compare";

export function stopGradientCases(): void {
  test("what is stopped is a constant to the gradient", () => {
    tf.tidy(() => {
      const x = tf.tensor2d([1, -2, 3, 0.5], [2, 2]);
      expectClose("value", stopGradient(x).dataSync(), x.dataSync(), 0);
      const slope = tf.grad((y: tf.Tensor) => tf.mul(y, stopGradient(y)))(x);
      expectClose("slope", slope.dataSync(), x.dataSync(), 1e-6);
    });
  });

  test("what stands in x's place is gone on with, and x gets its gradient", () => {
    tf.tidy(() => {
      const [x, value] = [tf.tensor1d([0.2, 1.7, -0.6]), tf.tensor1d([0, 2, -1])];
      expectClose("value", straightThrough(x, value).dataSync(), value.dataSync(), 0);
      const [toX, toValue] = tf.grads((a: tf.Tensor, b: tf.Tensor) =>
        tf.add(tf.square(straightThrough(a, b)), tf.mul(0, b)),
      )([x, value]);
      // d/dv v² at the value, not at x.
      expectClose("gradient to x", toX.dataSync(), [0, 4, -2], 1e-6);
      expectClose("gradient to the value", toValue.dataSync(), [0, 0, 0], 0);
    });
  });

  test("bad arguments are named", () => {
    tf.tidy(() => {
      const [x, longer, integers] = [tf.zeros([2]), tf.zeros([3]), tf.zeros([2], "int32")];
      expectError(() => straightThrough<tf.Rank>(x, longer), "value has the shape [3]; use [2].");
      expectError(() => stopGradient(integers), "x is a tensor of int32; use float32");
    });
  });
}
