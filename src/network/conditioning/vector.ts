import { tf } from "../../backend/tf";
import { checkShape } from "../../errors";
import { silu } from "../../layers";
import { linear } from "../modules";
import type { Condition } from "../network";
import type { Parameters } from "../parameters";
import type { EncodedText } from "../text-encoder";
import type { Embed } from "./embed";

/** Numbers about a sample, such as an angle, as a vector of the time's size (lecture, "Cascaded Conditional Generation": scalar – vector
 * embedding). Zeros stand for "none given": for numbers that say something when they are 0, nothing else does. */
export function vectorEmbedding(parameters: Parameters, size: number, width: number): Embed {
  const layer = linear(parameters, "vector", size, width);
  return (batch, condition, values) => layer(givenVector(condition, batch, size), values);
}

export interface VectorWordsOptions {
  /** Numbers of the vector. */
  readonly size: number;
  /** How many words it becomes. */
  readonly count: number;
  /** Numbers of each. */
  readonly width: number;
}

/** A vector as words, which pixels ask as they ask those of a caption (Ramesh et al. 2022, section 2.1: "four extra tokens of context").
 * In the paper they are a projection. Here two hidden layers are before it: what an embedding says of two things at once, no sum of its numbers
 * tells. */
export function vectorWords(
  parameters: Parameters,
  { size, count, width }: VectorWordsOptions,
): (batch: number, condition: Condition, values: readonly tf.Tensor[]) => EncodedText {
  const name = "vector/words";
  const inner = linear(parameters, `${name}/inner`, size, hidden);
  const middle = linear(parameters, `${name}/middle`, hidden, hidden);
  const outer = linear(parameters, `${name}/outer`, hidden, count * width);
  return (batch, condition, values) => {
    const read = silu(inner(givenVector(condition, batch, size), values));
    const said = outer(silu(middle(read, values)), values);
    return { tokens: said.reshape([batch, count, width]), mask: tf.ones([batch, count]) };
  };
}

const hidden = 256;

function givenVector({ vector }: Condition, batch: number, size: number): tf.Tensor {
  if (vector) checkShape("condition.vector", vector.shape, [batch, size]);
  return vector ?? tf.zeros([batch, size]);
}
