import { tf } from "../backend/tf";
import { compile } from "../compile";
import { classifierFree } from "../guidance";
import type { Condition, ToldNetwork, UNet } from "../network";
import { denoiserOf, type Denoiser, type Prediction, type Predictor } from "../prediction";
import type { Schedule } from "../schedule";
import type { Tokenizer } from "../text";
import { guidedModels, type ConditionGuidance } from "./guided-models";

/** A network with what it needs to be used: the schedule for which it was trained, and what it predicts. */
export interface DiffusionModel<N extends ToldNetwork = UNet> {
  readonly network: N;
  readonly schedule: Schedule;
  readonly predicts: Prediction;
  /** For a network that is told captions. */
  readonly tokenizer: Tokenizer | undefined;
  /** f_θ(z, t), or f_θ(z, t, c), compiled. */
  predictor(condition?: Condition): Predictor;
  /** x̂(z_t, t), or x̂(z_t, t, c), compiled: what samplers and bounds take. */
  denoiser(options?: DenoiserOptions): Denoiser;
  dispose(): void;
}

export interface DenoiserOptions extends Condition {
  /** How strongly samples are led to their condition; as the conditional model has them if omitted. */
  readonly guidance?: ConditionGuidance | undefined;
  /** Whether x̂ is kept within [-1, 1], where all images are; as the model has it if omitted. */
  readonly clip?: boolean;
}

export interface DiffusionModelOptions<N extends ToldNetwork = UNet> {
  readonly network: N;
  readonly schedule: Schedule;
  readonly predicts: Prediction;
  readonly tokenizer?: Tokenizer | undefined;
  /** Others in the place of the network's own, such as their averages. */
  readonly parameters?: readonly tf.Tensor[];
  readonly precision?: "float32" | "bfloat16";
  /** Whether its denoisers keep x̂ within [-1, 1], unless they are asked otherwise; true if omitted, as is right for images. */
  readonly clip?: boolean;
}

/** A network as a predictor and a denoiser. Its denoiser keeps x̂ within [-1, 1], where all images are, unless `clip` is false
 * (Ho et al. 2020 clip as well). */
export function diffusionModel<N extends ToldNetwork = UNet>(
  options: DiffusionModelOptions<N>,
): DiffusionModel<N> {
  const { network, schedule, predicts, tokenizer } = options;
  const { parameters = network.parameters, precision = "float32", clip: clips = true } = options;
  const predict = compile(
    (z: tf.Tensor, t: tf.Tensor, condition: Told) => network.predict(z, t, { parameters, condition }),
    { precision },
  );
  const predictor: DiffusionModel<N>["predictor"] = (condition = {}) => {
    const told = given(condition);
    return (z, t) => predict(z, t, told);
  };
  const model = { network, schedule, predicts, tokenizer, predictor };
  return {
    ...model,
    denoiser: ({ clip = clips, guidance, ...condition } = {}) => {
      const denoise = guidance
        ? classifierFree(guidedModels(model, condition, guidance.negative), guidance)
        : denoiserOf(predictor(condition), predicts, schedule);
      return clip ? (z, t) => tf.tidy(() => denoise(z, t).clipByValue(-1, 1)) : denoise;
    },
    dispose() {
      predict.dispose();
    },
  };
}

type Told = Readonly<Record<string, tf.Tensor>>;

/** A condition without what is not given, so that all ways to give none are one program. */
const given = ({ labels, vector, tokens, image }: Condition): Told =>
  Object.fromEntries(
    Object.entries({ labels, vector, tokens, image }).filter(
      (entry): entry is [string, tf.Tensor] => entry[1] !== undefined,
    ),
  );
