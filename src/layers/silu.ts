import { fusedSilu, fusedSiluGrad, hasFusedOps } from "../backend/fused";
import { tf } from "../backend/tf";
import { checkFloat } from "./checks";
import { sigmoidGradient } from "./operations";
import { withGradient, type Forward } from "./with-gradient";

/** The sigmoid linear unit x · sigmoid(x), also named swish (Elfwing et al. 2018; Ramachandran et al. 2017).
 * @param x float32 of any shape
 * @throws TypeError for another type */
export function silu<R extends tf.Rank>(x: tf.Tensor<R>): tf.Tensor<R> {
  checkFloat("x", x);
  return withGradient(
    "silu",
    [x],
    () => siluForward(x),
    (dy, saved) => [siluGradient(dy, saved)],
  );
}

/** silu(x), and what its gradient needs. */
export function siluForward<R extends tf.Rank>(x: tf.Tensor<R>): Forward<tf.Tensor<R>> {
  if (hasFusedOps()) return { value: fusedSilu(x) as tf.Tensor<R>, saved: [x] };
  const s = tf.sigmoid(x);
  return { value: tf.mul<tf.Tensor<R>>(x, s), saved: [x, s] };
}

/** The gradient to x: dy (s + x s (1 - s)), with s = sigmoid(x). */
export function siluGradient(dy: tf.Tensor, [x, s]: readonly tf.Tensor[]): tf.Tensor {
  if (hasFusedOps()) return fusedSiluGrad(dy, x);
  return tf.mul(dy, tf.add(s, sigmoidGradient(s, x)));
}
