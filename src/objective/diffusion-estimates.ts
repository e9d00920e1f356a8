import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { randomNormal } from "../random";

/** A schedule as tensors, such as one that is learned. */
export interface ScheduleFunction {
  /** log SNR at times u in [0, 1]. */
  logSnr(u: tf.Tensor): tf.Tensor;
  /** Its derivative by u. */
  slope(u: tf.Tensor): tf.Tensor;
}

export interface DiffusionEstimatesOptions {
  /** The times, float32 [batch] in [0, 1), such as `randomUniform([batch])`. */
  readonly u: tf.Tensor1D;
  /** ε, of the shape of x; drawn if omitted. */
  readonly noise?: tf.Tensor;
  /** T for discrete time, in which u stands for the step ⌊uT⌋ + 1; continuous time if omitted. */
  readonly steps?: number;
}

/** For each point one estimate, from one time and one noise, of the bound's terms for the steps between the first and the last
 * (Kingma et al. 2021, "Variational diffusion models"): in continuous time -½ (dλ/du) ‖ε - ε̂‖² with λ = log SNR (equations 16
 * and 17), in discrete time ½ T (SNR(s) - SNR(t)) ‖x - x̂‖² with t = s + 1/T (equation 14; reverse steps have the posterior's
 * variance). In continuous time the mean depends on the schedule's ends only, and the variance on all of it: so β_t is learned
 * by minimizing the mean square (appendix I.2).
 * @param denoise x̂ for z, float32 [batch, ...], with log SNR [batch]
 * @param x data, float32 [batch, ...]
 * @returns nats, float32 [batch]; differentiable by the schedule's parameters
 * @throws RangeError for shapes that do not fit, or steps that are not a whole number of 1 or more */
export function diffusionEstimates(
  schedule: ScheduleFunction,
  denoise: (z: tf.Tensor, logSnr: tf.Tensor) => tf.Tensor,
  x: tf.Tensor,
  options: DiffusionEstimatesOptions,
): tf.Tensor1D {
  const { u, steps } = options;
  checkShape("u", u.shape, x.shape.slice(0, 1));
  if (steps !== undefined) checkInteger("steps", steps, 1);
  return tf.tidy(() => {
    const { noise = randomNormal(x.shape as [number]) } = options;
    checkShape("noise", noise.shape, x.shape);
    const s = steps === undefined ? u : tf.div(tf.floor(tf.mul(u, steps)), steps);
    const t = steps === undefined ? u : tf.add(s, 1 / steps);
    const logSnr = schedule.logSnr(t);
    const z = tf.add(tf.mul(x, root(logSnr, x)), tf.mul(noise, root(tf.neg(logSnr), x)));
    const error = tf.sub(x, denoise(z, logSnr));
    const squared = tf.sum(tf.reshape(tf.square(error), [x.shape[0], -1]), 1);
    const fall =
      steps === undefined
        ? tf.neg(schedule.slope(t))
        : tf.mul(steps, tf.expm1(tf.sub(schedule.logSnr(s), logSnr)));
    return tf.mul<tf.Tensor1D>(0.5, tf.mul(tf.mul(fall, tf.exp(logSnr)), squared));
  });
}

/** √α = √sigmoid(log SNR), or √(1-α) for its negative, shaped to multiply the samples. */
function root(logSnr: tf.Tensor, samples: tf.Tensor): tf.Tensor {
  return tf.sqrt(tf.sigmoid(tf.reshape(logSnr, [-1, ...samples.shape.slice(1).fill(1)])));
}
