import { tf } from "../../backend/tf";
import { checkShape } from "../../errors";
import { linear } from "../modules";
import type { Parameters } from "../parameters";
import type { Embed } from "./embed";

/** Numbers about a sample, such as an angle, as a vector of the time's size (lecture, "Cascaded Conditional Generation": scalar – vector
 * embedding). Zeros stand for "none given": for numbers that say something when they are 0, nothing else does. */
export function vectorEmbedding(parameters: Parameters, size: number, width: number): Embed {
  const layer = linear(parameters, "vector", size, width);
  return (batch, { vector }, values) => {
    if (vector) checkShape("condition.vector", vector.shape, [batch, size]);
    return layer(vector ?? tf.zeros([batch, size]), values);
  };
}
