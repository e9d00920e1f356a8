import type { ProgressOptions } from "../progress";
import type { Seed } from "../random";
import { ddim, type Sampler } from "../sampling";
import { samplingTimes } from "../schedule";
import { generateSamples } from "./generate";
import type { SequenceModel, TextDenoiserOptions } from "./sequence-model";

export interface GenerateTextsOptions extends TextDenoiserOptions, Pick<ProgressOptions, "screen"> {
  /** How many texts. */
  readonly count: number;
  /** DDIM with the noise of ancestral sampling (η = 1) if omitted. */
  readonly sampler?: Sampler;
  /** The times at which the network is called; 100 even ones, or all of them if there are fewer, if omitted. */
  readonly times?: readonly number[];
  /** How many texts at once. */
  readonly batch?: number;
  readonly seed?: Seed;
}

/** Many texts by a model, some at a time, with progress: noise is denoised as a whole, and each place rounded to the nearest token at the end.
 * Which texts come depends on the seed and the batch's size.
 * @throws RangeError for a bad number of texts; InterruptedError */
export async function generateTexts(model: SequenceModel, options: GenerateTextsOptions): Promise<string[]> {
  const { schedule } = model;
  const { temperature = 1, sampler = stochastic, batch = 250, ...given } = options;
  const { times = samplingTimes(schedule, Math.min(100, schedule.steps)) } = options;
  const denoise = model.denoiser({ temperature });
  const x = await generateSamples(
    { ...model, tokenizer: undefined, denoiser: () => denoise, toImages: (samples) => samples.clone() },
    { ...given, sampler, batch, times, label: `${options.count} texts` },
  );
  try {
    return model.decode(x);
  } finally {
    x.dispose();
  }
}

/** A step that adds noise can still leave what an earlier one has decided too soon. */
const stochastic: Sampler = (denoise, z, schedule, options) =>
  ddim(denoise, z, schedule, { ...options, eta: 1 });
