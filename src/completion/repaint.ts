import { tf } from "../backend/tf";
import { pace } from "../notebook/pace";
import type { Denoiser } from "../prediction";
import { diffuse } from "../process";
import { checkSamples } from "../process/normal";
import { betaFrom } from "../process/posterior";
import { foldIn, randomNormal, type Seed } from "../random";
import { nextSeed, seedWords } from "../random/seed";
import { ddim, type Sampler, type SamplerOptions } from "../sampling";
import { timesOf } from "../sampling/times";
import type { Schedule } from "../schedule";
import { knownPlaces } from "./mask";
import { repaintPath, type TimeTravel } from "./repaint-path";

export interface RepaintOptions extends Omit<SamplerOptions, "noise">, TimeTravel {
  /** What makes each step towards the data. Ancestral sampling with σ_t² = β̃_t if omitted, which suits steps of any length. A
   * sampler that looks back on its steps begins anew with each. */
  readonly sampler?: Sampler;
}

/** Makes the part of x that is not known, by a model that never learnt to: after each step the known part is replaced by x with
 * as much noise (Sohl-Dickstein et al. 2015, section 2.5; Song et al. 2021, "Score-based generative modeling", appendix I.2).
 * Each step is made as if the known part were the model's own, so that the new part does not quite follow it; hence the time
 * travel: back to more noise and down again, several times (Lugmayr et al. 2022, "RePaint", algorithm 1).
 *
 * Of smooth images, give times that are closer together at the end (`samplingTimes(schedule, n, "quadratic")`): with even ones the
 * last step goes from so much noise that it hides the seam. Each step with the posterior's variance makes the spread a little too small, which
 * many resamplings add up; `sampler: ancestral` with σ_t² = β_t does not.
 *
 * Where `times` begin at T, what is made begins as noise; where they begin later on the way, as x with noise, of which some stays.
 * @param x float32 [batch, ...]; what it holds where it is not known plays no part if `times` begin at T
 * @param mask float32, of a shape that spreads over x: 1 where x is known, 0 where it is to be made
 * @returns of the shape of x, and x bit for bit where that is known, if `times` end at 0; the caller disposes of it
 * @throws RangeError or TypeError for a mask, times or numbers that do not fit, naming them; InterruptedError */
export async function repaint(
  denoise: Denoiser,
  x: tf.Tensor,
  mask: tf.Tensor,
  schedule: Schedule,
  options: RepaintOptions = {},
): Promise<tf.Tensor> {
  const { sampler = byPosterior, callback } = options;
  checkSamples("x", x);
  const times = timesOf(schedule, options.times);
  const path = repaintPath(times.length - 1, options);
  const steps = path.filter((place, move) => place > path[move - 1]).length;
  const seed = seedWords(options.seed ?? nextSeed());
  const known = await knownPlaces(mask, x);
  const withKnown = (z: tf.Tensor, t: number, own: Seed): tf.Tensor =>
    tf.tidy(() => tf.where(known, t === 0 ? x : diffuse(x, t, schedule, { seed: foldIn(own, 0) }), z));
  const paced = pace();
  let z = tf.tidy(() => withKnown(beginning(x, times[0], schedule, seed), times[0], seed));
  let guess: tf.Tensor | undefined;
  try {
    for (let move = 1, step = 0; move < path.length; move++) {
      const [t, s] = [times[path[move - 1]], times[path[move]]];
      const own = foldIn(seed, move);
      const from = z;
      if (s > t) {
        z = withMoreNoise(from, t, s, schedule, own);
        from.dispose();
        continue;
      }
      tf.dispose(guess ?? []);
      const made = await sampler(denoise, from, schedule, {
        times: [t, s],
        seed: own,
        callback: (state) => {
          guess = state.guess.clone();
        },
      });
      z = withKnown(made, s, own);
      tf.dispose([made, from]);
      await callback?.({ step: ++step, steps, t: s, z, guess: guess ?? z });
      await paced();
    }
    return z.clone();
  } finally {
    tf.dispose([z, known, ...(guess ? [guess] : [])]);
  }
}

const byPosterior: Sampler = (denoise, z, schedule, options) =>
  ddim(denoise, z, schedule, { ...options, eta: 1 });

/** z_t of what is to be made. */
function beginning(x: tf.Tensor, t: number, schedule: Schedule, seed: Seed): tf.Tensor {
  const noise = randomNormal(x.shape as [number], foldIn(seed, -1));
  return t === schedule.steps ? noise : diffuse(x, t, schedule, { noise });
}

/** From z_t to z_s with s > t: the forward process, several steps at once. */
function withMoreNoise(z: tf.Tensor, t: number, s: number, schedule: Schedule, seed: Seed): tf.Tensor {
  const beta = betaFrom(t, s, schedule);
  return tf.tidy(() =>
    z.mul(Math.sqrt(1 - beta)).add(randomNormal(z.shape as [number], seed).mul(Math.sqrt(beta))),
  );
}
