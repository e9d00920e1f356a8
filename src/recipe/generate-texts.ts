import { checkInteger } from "../errors";
import { progress, type ProgressOptions } from "../progress";
import { foldIn, randomNormal, type Seed } from "../random";
import { nextSeed } from "../random/seed";
import { ddim, type Sampler } from "../sampling";
import { samplingTimes } from "../schedule";
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
  const { network, schedule } = model;
  const { count, sampler = stochastic, batch = 250 } = options;
  const { times = samplingTimes(schedule, Math.min(100, schedule.steps)) } = options;
  const { temperature = 1, seed = nextSeed(), screen } = options;
  checkInteger("count", count, 1);
  checkInteger("batch", batch, 1);
  const starts = Array.from({ length: Math.ceil(count / batch) }, (_, i) => i * batch);
  const bar = progress(starts.length * (times.length - 1), {
    label: `${count} texts`,
    ...(screen && { screen }),
  });
  const denoise = model.denoiser({ temperature });
  const texts: string[] = [];
  for (const [i, start] of starts.entries()) {
    const z = randomNormal([Math.min(batch, count - start), ...network.shape], foldIn(seed, 2 * i));
    try {
      const callback = (): Promise<void> => bar.advance();
      const x = await sampler(denoise, z, schedule, { times, seed: foldIn(seed, 2 * i + 1), callback });
      texts.push(...model.decode(x));
      x.dispose();
    } finally {
      z.dispose();
    }
  }
  await bar.finish();
  return texts;
}

/** A step that adds noise can still leave what an earlier one has decided too soon. */
const stochastic: Sampler = (denoise, z, schedule, options) =>
  ddim(denoise, z, schedule, { ...options, eta: 1 });
