import { tf } from "../backend/tf";
import { checkInteger, checkShape, checkType } from "../errors";
import type { Schedule } from "../schedule";

/** The step t of a batch: one number from 1 to T for all samples, or an int32 tensor of shape [batch] with one for
 * each. A tensor's values are not read on the host: t = 0 gives NaN, and t > T is the backend's error or garbage. */
export type Time = number | tf.Tensor;

/** A coefficient that depends on t, shaped to multiply the samples: a scalar, or [batch, 1, …, 1].
 * @param coefficient called with t from 1 to T, in double precision
 * @throws RangeError or TypeError if t is out of range, or does not fit the batch */
export function atTime(
  t: Time,
  schedule: Schedule,
  samples: tf.Tensor,
  coefficient: (t: number) => number,
): tf.Tensor {
  checkTime(t, schedule, samples);
  if (typeof t === "number") return tf.scalar(coefficient(t));
  const { steps } = schedule;
  const table = Float32Array.from({ length: steps + 1 }, (_, s) => (s === 0 ? NaN : coefficient(s)));
  const perSample = [samples.shape[0], ...samples.shape.slice(1).fill(1)];
  return tf.gather(tf.tensor1d(table), t).reshape(perSample);
}

function checkTime(t: Time, schedule: Schedule, samples: tf.Tensor): void {
  if (typeof t === "number") {
    checkInteger("t", t, 1, schedule.steps);
    return;
  }
  checkType("t", t, "int32");
  checkShape("t", t.shape, samples.shape.slice(0, 1));
}
