import type { tf } from "../backend/tf";
import { checkInteger, checkNumber } from "../errors";
import type { Predictor } from "../prediction";
import { betaVariance, type ReverseVariance } from "../process";
import { foldIn, type Seed } from "../random";
import { nextSeed } from "../random/seed";
import type { Schedule } from "../schedule";
import { defaultDecoderVariance, klWeights, priorWeights, type TermWeights } from "./bound";
import { logMassOfBin } from "./discrete-decoder";
import { discreteImages, type DiscreteImages } from "./discrete-images";
import { allTimes, drawTimes, timeProbabilities, type DrawnTimes } from "./drawn-times";
import { toBits } from "./normal-kl";
import { spentByTime, type SpentBits } from "./spent-by-time";
import { stratifiedError } from "./stratified-error";
import { visitGuesses, type GuessOptions } from "./visit-guesses";

/** Settings of {@link bitsPerDimension}. */
export interface BitsOptions extends GuessOptions {
  /** σ_t² of the reverse steps for t ≥ 2. */
  readonly variance?: ReverseVariance;
  /** σ_1², the variance of the decoder: that of the reverse steps at t = 1 if omitted, with β_1 for 0; see {@link bestDecoderVariance}. */
  readonly decoderVariance?: number;
  /** How many values a pixel has, equally spaced from -1 to 1. */
  readonly levels?: number;
  /** Random times for each image, at which its terms for t ≥ 2 are measured; or `"all"` of them, for a short schedule. */
  readonly draws?: number | "all";
  /** How likely each time is, at index t = 2 … T, in any unit; {@link timeProbabilities} if omitted. The error is least where they are
   * in proportion to what the terms differ by between images, which is nearly to the terms. */
  readonly probabilities?: ArrayLike<number>;
  /** How many ranges of log SNR the bits are told for, at most. */
  readonly ranges?: number;
}

/** -log₂ P_θ(x) of images by the bound, in bits per dimension: as many bits as a code made from the model needs for each number of
 * an image, on average. */
export interface BitsPerDimension {
  /** prior + diffusion + reconstruction. */
  readonly bits: number;
  /** Standard error of the bits, for images that were drawn independently of each other: by the choice of the images, times and noise. NaN
   * for a single image. Two models are best compared on the same images with the same seed, by the differences of `each`. */
  readonly error: number;
  /** KL(q(z_T | x) ‖ N(0, I)). */
  readonly prior: number;
  /** Σ_{t=2}^T KL(q(z_{t-1} | z_t, x) ‖ P_θ(z_{t-1} | z_t)). */
  readonly diffusion: number;
  /** -log₂ P_θ(x | z_1), by the discrete decoder. */
  readonly reconstruction: number;
  /** What is found for each image: their mean is `bits`. With few draws most of their spread is due to the choice of times. */
  readonly each: Float64Array;
  /** Where the diffusion's bits are spent: they add up to them. */
  readonly byTime: readonly SpentBits[];
}

/** Bits per dimension of images by the evidence lower bound: its negative, over D log 2. The reverse steps are those of `lowerBound`, and
 * P_θ(x | z_1) is the discrete decoder, so that it is about probabilities: no model comes below the entropy of the images (Ho et al.
 * 2020, section 3.3 and equation 13).
 *
 * The prior is exact, the reconstruction is measured once for each image. Of the sum over t = 2 … T a few random terms are measured
 * for each image, divided by the probability of their t, so that the mean is right for thousands of steps, too (as Kingma et al. 2021,
 * "Variational diffusion models", equation 14, do with uniform t). It takes 1 + draws calls of the network for each image, in batches. An
 * interrupt of the cell ends it.
 * @param predict is asked about different t in one batch; may be compiled
 * @param x images, float32 [batch, ...], with pixels of `levels` equally spaced values in [-1, 1], such as bytes/127.5 - 1
 * @throws RangeError for a pixel between the levels, naming it, and for options that do not fit; InterruptedError */
export async function bitsPerDimension(
  predict: Predictor,
  x: tf.Tensor,
  schedule: Schedule,
  options: BitsOptions = {},
): Promise<BitsPerDimension> {
  const { variance = betaVariance, levels = 256, seed = nextSeed(), ranges = 20 } = options;
  const { decoderVariance = defaultDecoderVariance(schedule, variance) } = options;
  checkNumber("decoderVariance", decoderVariance, Number.MIN_VALUE);
  checkInteger("ranges", ranges, 1);
  const images = await discreteImages(x, levels);
  const times = timesFor(images.count, schedule, { ...options, seed: foldIn(seed, 0) });
  const weights = stepWeights(images.size, schedule, variance);

  const prior = priorOf(images, priorWeights(images.size, schedule));
  const reconstruction = new Float64Array(images.count);
  const estimates = new Float64Array(times.t.length);
  const latents = latentsFor(images.count, times);
  const measured = { ...options, seed: foldIn(seed, 1) };
  await visitGuesses(predict, x, schedule, latents, measured, ({ from, values }) => {
    for (let row = 0; row < values.length / images.size; row++) {
      const guess = values.subarray(row * images.size, (row + 1) * images.size);
      const t = latents.times[from + row];
      const image = latents.points[from + row];
      if (t === 1) reconstruction[image] = decoderNats(images, image, guess, decoderVariance);
      else {
        const nats = weights[t].weight * squaredError(images, image, guess);
        estimates[from + row - images.count] = times.factors[t] * nats;
      }
    }
  });

  const constant = weights.reduce((sum, weight) => sum + weight.constant, 0);
  const rest = prior.map((nats, i) => nats + reconstruction[i] + constant);
  const spent = spentAt(times, estimates, weights, images.count);
  const bits = (nats: number): number => toBits(nats) / images.size;
  const each = totalsOf(rest, estimates).map(bits);
  return {
    bits: mean(each),
    error: bits(stratifiedError(rest, estimates, times)),
    prior: bits(mean(prior)),
    diffusion: bits(spent.reduce((sum, nats) => sum + nats, 0)),
    reconstruction: bits(mean(reconstruction)),
    each,
    byTime: spentByTime(spent.map(bits), schedule, ranges),
  };
}

function timesFor(
  count: number,
  schedule: Schedule,
  options: BitsOptions & { readonly seed: Seed },
): DrawnTimes {
  const { draws = 4, variance, probabilities = timeProbabilities(schedule, variance), seed } = options;
  if (draws === "all" || schedule.steps === 1) return allTimes(count, schedule);
  checkInteger("draws", draws, 1);
  return drawTimes(count, draws, probabilities, schedule, seed);
}

/** The decoder's latents at t = 1, one for each image, then those at the drawn times. */
function latentsFor(count: number, { t }: DrawnTimes): { points: Int32Array; times: Int32Array } {
  const points = Int32Array.from({ length: count + t.length }, (_, i) => i % count);
  const times = new Int32Array(points.length).fill(1);
  times.set(t, count);
  return { points, times };
}

/** Of the terms at index t = 2 … T; nothing at t = 0 and 1. */
function stepWeights(size: number, schedule: Schedule, variance: ReverseVariance): TermWeights[] {
  return Array.from({ length: schedule.steps + 1 }, (_, t) =>
    t < 2 ? { constant: 0, weight: 0 } : klWeights(t, size, schedule, variance),
  );
}

/** Nats of each image. */
function priorOf(
  { pixels, values, count, size }: DiscreteImages,
  { constant, weight }: TermWeights,
): Float64Array {
  return Float64Array.from({ length: count }, (_, image) => {
    let norm = 0;
    for (let i = image * size; i < (image + 1) * size; i++) norm += values[pixels[i]] ** 2;
    return constant + weight * norm;
  });
}

function decoderNats(
  { pixels, values, size }: DiscreteImages,
  image: number,
  guess: Float32Array,
  variance: number,
): number {
  const deviation = Math.sqrt(variance);
  let nats = 0;
  for (let i = 0; i < size; i++)
    nats -= logMassOfBin(pixels[image * size + i], guess[i], deviation, values.length);
  return nats;
}

function squaredError({ pixels, values, size }: DiscreteImages, image: number, guess: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += (values[pixels[image * size + i]] - guess[i]) ** 2;
  return sum;
}

/** Of each image. */
function totalsOf(rest: Float64Array, estimates: Float64Array): Float64Array {
  const totals = rest.slice();
  estimates.forEach((nats, i) => {
    totals[i % rest.length] += nats;
  });
  return totals;
}

/** The estimate of each term, a mean over images, at index t. */
function spentAt(
  { t }: DrawnTimes,
  estimates: Float64Array,
  weights: readonly TermWeights[],
  images: number,
): Float64Array {
  const spent = Float64Array.from(weights, ({ constant }) => constant);
  estimates.forEach((estimate, i) => {
    spent[t[i]] += estimate / images;
  });
  return spent;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
