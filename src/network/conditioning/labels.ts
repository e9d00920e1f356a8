import { tf } from "../../backend/tf";
import { checkShape } from "../../errors";
import { embedding } from "../../layers";
import type { Parameters } from "../parameters";
import type { Embed } from "./embed";

/** A vector for each class, learned. One more than there are stands for "none given": the flag of classifier-free guidance (lecture,
 * "Classifier-free Guidance"). */
export function labelEmbedding(parameters: Parameters, classes: number, width: number): Embed {
  const table = parameters.normal("classes/table", [classes + 1, width], 1);
  return (batch, { labels }, values) => {
    if (labels) checkShape("condition.labels", labels.shape, [batch]);
    return embedding(labels ?? tf.fill([batch], classes, "int32"), table(values));
  };
}
