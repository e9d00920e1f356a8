import type { tf } from "../../backend/tf";
import type { Condition } from "../network";

/** What a kind of condition adds to the embedding of the time, float32 [batch, width], which every residual block is told: by
 * spatial addition, or by adaptive group normalisation. If none is given, what "none given" has come to be.
 * @throws RangeError for a condition of another shape, naming it */
export type Embed = (batch: number, condition: Condition, values: readonly tf.Tensor[]) => tf.Tensor;
