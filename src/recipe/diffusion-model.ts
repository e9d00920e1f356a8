import { tf } from "../backend/tf";
import { compile } from "../compile";
import { classifierFree } from "../guidance";
import type { UNet } from "../network";
import { denoiserOf, type Denoiser, type Prediction, type Predictor } from "../prediction";
import type { Schedule } from "../schedule";
import { guidedModels, type ClassGuidance } from "./guided-models";

/** A network with what it needs to be used: the schedule for which it was trained, and what it predicts. */
export interface DiffusionModel {
  readonly network: UNet;
  readonly schedule: Schedule;
  readonly predicts: Prediction;
  /** f_θ(z, t), compiled. */
  predictor(given?: Given): Predictor;
  /** x̂(z_t, t), compiled: what samplers and bounds take. */
  denoiser(given?: DenoiserOptions): Denoiser;
  dispose(): void;
}

/** What samples are told. */
export interface Given {
  /** The class of each sample, int32 [batch]; none if omitted. */
  readonly labels?: tf.Tensor | undefined;
}

export interface DenoiserOptions extends Given {
  /** How strongly samples are led to their classes; as the conditional model has them if omitted. */
  readonly guidance?: ClassGuidance | undefined;
  /** Whether x̂ is kept within [-1, 1], where all images are; true if omitted. */
  readonly clip?: boolean;
}

export interface DiffusionModelOptions {
  readonly network: UNet;
  readonly schedule: Schedule;
  readonly predicts: Prediction;
  /** Others in the place of the network's own, such as their averages. */
  readonly parameters?: readonly tf.Tensor[];
  readonly precision?: "float32" | "bfloat16";
}

/** A network as a predictor and a denoiser. Its denoiser keeps x̂ within [-1, 1], where all images are, unless `clip` is false
 * (Ho et al. 2020 clip as well). */
export function diffusionModel(options: DiffusionModelOptions): DiffusionModel {
  const { network, schedule, predicts, parameters = network.parameters, precision = "float32" } = options;
  const free = compile((z: tf.Tensor, t: tf.Tensor) => network.predict(z, t, { parameters }), { precision });
  const given = compile(
    (z: tf.Tensor, t: tf.Tensor, labels: tf.Tensor) =>
      network.predict(z, t, { parameters, condition: { labels } }),
    { precision },
  );
  const predictor: DiffusionModel["predictor"] = ({ labels } = {}) =>
    labels ? (z, t) => given(z, t, labels) : free;
  const model = { network, schedule, predicts, predictor };
  return {
    ...model,
    denoiser: ({ clip = true, labels, guidance } = {}) => {
      const denoise = guidance
        ? classifierFree(guidedModels(model, labels, guidance.negative), guidance)
        : denoiserOf(predictor({ labels }), predicts, schedule);
      return clip ? (z, t) => tf.tidy(() => denoise(z, t).clipByValue(-1, 1)) : denoise;
    },
    dispose() {
      free.dispose();
      given.dispose();
    },
  };
}
