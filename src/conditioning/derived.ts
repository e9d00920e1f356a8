import type { tf } from "../backend/tf";
import type { Details } from "../checkpoint";
import type { Condition } from "../network";

/** A condition that is made of the sample itself, such as a smaller copy of it, or a part. A recipe calls it within its training step:
 * what is random in it is drawn anew each time. */
export interface DerivedCondition {
  /** What a checkpoint knows it by. */
  readonly details: Details;
  /** Whether it is what samples are led by: a share of them is then shown without it, as without class and caption. False if omitted. */
  readonly leads?: boolean;
  /** Gets ready what `of` needs, such as weights; called once before training, since nothing can be loaded within a step.
   * @throws Error if it is missing */
  readonly prepare?: () => void;
  /** @param x float32 [batch, height, width, channels] */
  readonly of: (x: tf.Tensor4D) => Condition;
}
