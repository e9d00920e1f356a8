import { tf } from "../backend/tf";
import type { Schedule } from "../schedule";
import { checkSamples, noiseFor, type Noise, type Normal } from "./normal";
import { atTime, type Time } from "./time";

/** The diffusion kernel q(z_t | x) = N(√α_t x, (1 - α_t) I): t noising steps at once (lecture, "Diffusion Kernel";
 * Ho et al. 2020, equation 4). Proof by induction: a step scales the mean by √(1 - β_t) and the variance 1 - α_{t-1}
 * by 1 - β_t, then adds β_t to it, and (1 - α_{t-1})(1 - β_t) + β_t = 1 - α_t.
 * @param x data, float32 of any shape; its first dimension is the batch if t is a tensor
 * @throws RangeError or TypeError for a t, shape or type that does not fit */
export function diffusionKernel<R extends tf.Rank>(x: tf.Tensor<R>, t: Time, schedule: Schedule): Normal<R> {
  checkSamples("x", x);
  return tf.tidy(() => ({
    mean: x.mul<tf.Tensor<R>>(atTime(t, schedule, x, (s) => Math.sqrt(schedule.alpha[s]))),
    variance: atTime(t, schedule, x, (s) => 1 - schedule.alpha[s]),
  }));
}

/** One draw z_t = √α_t x + √(1 - α_t) ε from the diffusion kernel.
 * @throws RangeError or TypeError for a t, shape or type that does not fit */
export function diffuse<R extends tf.Rank>(
  x: tf.Tensor<R>,
  t: Time,
  schedule: Schedule,
  noise: Noise<R> = {},
): tf.Tensor<R> {
  return tf.tidy(() => {
    const { mean, variance } = diffusionKernel(x, t, schedule);
    return mean.add(noiseFor(x, noise).mul(variance.sqrt()));
  });
}
