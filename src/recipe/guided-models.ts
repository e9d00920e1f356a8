import { tf } from "../backend/tf";
import type { GuidanceOptions, GuidedModels } from "../guidance";
import { emptyCaptions, type Condition, type Conditions, type ToldNetwork } from "../network";
import { denoiserOf } from "../prediction";
import type { DiffusionModel } from "./diffusion-model";

/** Classifier-free guidance of one network. */
export interface ConditionGuidance extends GuidanceOptions {
  /** The class or caption that each sample is led away from: a negative condition. All data, if omitted. A vector is led by only if one
   * is here, such as zeros for all data; otherwise both models are told the same. */
  readonly negative?: Negative | undefined;
}

type Negative = Pick<Condition, "labels" | "tokens" | "vector">;

/** One network, told class and caption, and told none, as the two models of classifier-free guidance; both in one batch of twice the
 * size. An image is not what samples are led by, nor is a vector without a negative one: both models are told them.
 * @throws RangeError without anything to lead by */
export function guidedModels(
  { network: { conditions }, predictor, predicts, schedule }: LeadableModel,
  condition: Condition,
  negative: Negative = {},
): GuidedModels {
  const { labels, tokens, vector, image } = condition;
  const byVector = vector && negative.vector;
  if (!labels && !tokens && !byVector) throw new RangeError(nothingToLeadBy(conditions));
  const told = (condition: Condition): GuidedModels["conditional"] =>
    denoiserOf(predictor(condition), predicts, schedule);
  return {
    conditional: told(condition),
    unconditional: told({ ...negative, vector: byVector ?? vector, image }),
    both: (z, t) =>
      tf.tidy(() => {
        const all = told({
          labels:
            labels &&
            tf.concat([labels, negative.labels ?? tf.fill(labels.shape, conditions.classes, "int32")]),
          tokens:
            tokens &&
            tf.concat([tokens, negative.tokens ?? emptyCaptions(tokens.shape[0], conditions.tokens)]),
          vector: vector && tf.concat([vector, byVector ?? vector]),
          image: image && tf.concat([image, image]),
        });
        return tf.split(all(tf.concat([z, z]), t), 2);
      }) as [conditional: tf.Tensor, unconditional: tf.Tensor],
  };
}

type LeadableModel = Pick<DiffusionModel<ToldNetwork>, "network" | "predictor" | "predicts" | "schedule">;

function nothingToLeadBy({ classes, tokens, vector }: Conditions): string {
  if (classes === 0 && tokens === 0 && vector > 0)
    return "guidance is given, but no vector with a negative one; give both, such as zeros for all data.";
  if (classes === 0 && tokens === 0)
    return "guidance is given, but the network knows neither classes nor captions.";
  const [wanted, what] = classes > 0 ? ["labels", "class"] : ["captions", "caption"];
  return `guidance is given, but no ${wanted}; give the ${what} that each sample is led to.`;
}
