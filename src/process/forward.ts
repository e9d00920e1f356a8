import { tf } from "../backend/tf";
import type { Schedule } from "../schedule";
import { checkSamples, noiseFor, type Noise } from "./normal";
import { atTime, type Time } from "./time";

/** One step of the forward process: a draw z_t = √(1 - β_t) z_{t-1} + √β_t ε from
 * q(z_t | z_{t-1}) = N(√(1 - β_t) z_{t-1}, β_t I) (lecture, "Forward Diffusion – Distributions"; Ho et al. 2020,
 * equation 2).
 * @param z z_{t-1}, float32 of any shape; its first dimension is the batch if t is a tensor
 * @param t the step that is made, 1 … T
 * @throws RangeError or TypeError for a t, shape or type that does not fit */
export function forwardStep<R extends tf.Rank>(
  z: tf.Tensor<R>,
  t: Time,
  schedule: Schedule,
  noise: Noise<R> = {},
): tf.Tensor<R> {
  checkSamples("z", z);
  return tf.tidy(() => {
    const kept = atTime(t, schedule, z, (s) => Math.sqrt(1 - schedule.beta[s]));
    const added = atTime(t, schedule, z, (s) => Math.sqrt(schedule.beta[s]));
    return z.mul(kept).add(noiseFor(z, noise).mul(added));
  });
}
