import { tf } from "../backend/tf";
import type { GuidanceOptions, GuidedModels } from "../guidance";
import { emptyCaptions, type Condition } from "../network";
import { denoiserOf } from "../prediction";
import type { DiffusionModel } from "./diffusion-model";

/** Classifier-free guidance of one network. */
export interface ConditionGuidance extends GuidanceOptions {
  /** The class or caption that each sample is led away from: a negative condition. All data, if omitted. */
  readonly negative?: Pick<Condition, "labels" | "tokens"> | undefined;
}

/** One network, told class and caption, and told none, as the two models of classifier-free guidance; both in one batch of twice the
 * size. Vector and image are not what samples are led by: both models are told them.
 * @throws RangeError without class and caption */
export function guidedModels(
  { network: { conditions }, predictor, predicts, schedule }: Omit<DiffusionModel, "denoiser" | "dispose">,
  condition: Condition,
  negative: Pick<Condition, "labels" | "tokens"> = {},
): GuidedModels {
  const { labels, tokens, vector, image } = condition;
  if (!labels && !tokens) throw new RangeError(nothingToLeadBy(conditions));
  const told = (condition: Condition): GuidedModels["conditional"] =>
    denoiserOf(predictor(condition), predicts, schedule);
  return {
    conditional: told(condition),
    unconditional: told({ ...negative, vector, image }),
    both: (z, t) =>
      tf.tidy(() => {
        const all = told({
          labels:
            labels &&
            tf.concat([labels, negative.labels ?? tf.fill(labels.shape, conditions.classes, "int32")]),
          tokens:
            tokens &&
            tf.concat([tokens, negative.tokens ?? emptyCaptions(tokens.shape[0], conditions.tokens)]),
          vector: vector && tf.concat([vector, vector]),
          image: image && tf.concat([image, image]),
        });
        return tf.split(all(tf.concat([z, z]), t), 2);
      }) as [conditional: tf.Tensor, unconditional: tf.Tensor],
  };
}

function nothingToLeadBy({ classes, tokens }: DiffusionModel["network"]["conditions"]): string {
  if (classes === 0 && tokens === 0)
    return "guidance is given, but the network knows neither classes nor captions.";
  const [wanted, what] = classes > 0 ? ["labels", "class"] : ["captions", "caption"];
  return `guidance is given, but no ${wanted}; give the ${what} that each sample is led to.`;
}
