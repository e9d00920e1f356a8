import type { tf } from "../backend/tf";
import type { Details } from "../checkpoint";
import type { Condition } from "../network";

/** A condition that is made of the sample itself, such as a smaller copy of it, or a part. A recipe calls it within its training step:
 * what is random in it is drawn anew each time. */
export interface DerivedCondition {
  /** What a checkpoint knows it by. */
  readonly details: Details;
  /** @param x float32 [batch, height, width, channels] */
  readonly of: (x: tf.Tensor4D) => Condition;
}
