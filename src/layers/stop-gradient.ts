/** Where gradients do not go through as they are. */
import { tf } from "../backend/tf";
import { checkShape } from "../errors";
import { checkFloat } from "./checks";
import { withGradient } from "./with-gradient";

/** x, through which no gradient goes: "sg" of many papers.
 * @param x float32 of any shape
 * @throws TypeError for another type */
export function stopGradient<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
  checkFloat("x", x);
  return withGradient(
    "stopGradient",
    [x],
    () => ({ value: x.clone(), saved: [] }),
    (dy) => [tf.zerosLike(dy)],
  );
}

/** A value that stands in the place of x, with a gradient as if it were x: the straight-through estimator, for steps that have no
 * gradient, such as rounding (Bengio et al. 2013, section 3.1; van den Oord et al. 2017, section 3.2).
 * @param x float32 of any shape: what gets the gradient
 * @param value float32 of the same shape: what is gone on with; it gets none
 * @throws RangeError or TypeError for shapes or types that do not fit */
export function straightThrough<R extends tf.Rank>(x: tf.Tensor<R>, value: tf.Tensor<R>): tf.Tensor<R> {
  checkFloat("x", x);
  checkFloat("value", value);
  checkShape("value", value.shape, x.shape);
  return withGradient(
    "straightThrough",
    [x],
    () => ({ value: value.clone(), saved: [] }),
    (dy) => [dy.clone()],
  );
}
