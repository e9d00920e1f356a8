import { checkFinite, checkNumber } from "../errors";
import { betaVariance, type ReverseVariance } from "../process";
import { foldIn, type Seed } from "../random";
import { uniformValues } from "../random/distributions";
import { seedWords } from "../random/seed";
import { kernelVariance, type Schedule } from "../schedule";
import { klWeights } from "./bound";

/** Times 2 … T for images, in rounds: each image has one time in each. */
export interface DrawnTimes {
  /** Of image i in round k at index k · images + i. */
  readonly t: Int32Array;
  /** What a term counts at time t, so that the sum over an image's rounds has the sum over 2 … T as its mean. */
  readonly factors: Float64Array;
  /** Within its round, how many images have an earlier stratum; undefined if nothing is random. */
  readonly ranks: Int32Array | undefined;
}

/** How likely each time t = 2 … T is to be drawn by {@link bitsPerDimension}: in proportion to what its term would be for white data
 * N(0, I), of which x̂ leaves ‖x - x̂‖²/D = 1 - α_t. As long as much of the data is left, that is half the fall of log SNR from t-1 to t. A
 * share is uniform, so that no time is too unlikely.
 * @param uniform that share, from 0 to 1
 * @returns length T + 1; 0 at t = 0 and 1, adding up to 1
 * @throws RangeError for a share outside [0, 1] */
export function timeProbabilities(
  schedule: Schedule,
  variance: ReverseVariance = betaVariance,
  { uniform = 0.2 }: { readonly uniform?: number } = {},
): Float64Array {
  checkNumber("uniform", uniform, 0, 1);
  const { steps } = schedule;
  const terms = new Float64Array(steps + 1);
  for (let t = 2; t <= steps; t++) {
    terms[t] = klWeights(t, 1, schedule, variance).weight * kernelVariance(t, schedule);
  }
  const sum = terms.reduce((total, term) => total + term, 0);
  return terms.map((term, t) => (t < 2 ? 0 : (1 - uniform) * (term / sum) + uniform / (steps - 1)));
}

/** Draws times with the given probabilities, stratified: the k-th time of each image comes from the k-th of as many parts of equal
 * probability, and within it, each image's from a part of its own, dealt out at random. So a mean over the images varies little
 * by the choice of times, and what is drawn for one image is without bias all the same.
 * @param probabilities at index t = 2 … T, above 0; made to add up to 1
 * @param schedule of 2 steps or more
 * @throws RangeError for a table of another length, or a value that is no finite number above 0 */
export function drawTimes(
  images: number,
  draws: number,
  probabilities: ArrayLike<number>,
  { steps }: Schedule,
  seed: Seed,
): DrawnTimes {
  const chances = normalized(probabilities, steps);
  const count = images * draws;
  const within = uniformValues(seedWords(foldIn(seed, 0)), count);
  const dealt = uniformValues(seedWords(foldIn(seed, 1)), count);
  const times = new Int32Array(count);
  const ranks = new Int32Array(count);
  let t = 2;
  let reached = chances[2];
  for (let from = 0; from < count; from += images) {
    const order = shuffled(images, dealt.subarray(from, from + images));
    for (let rank = 0; rank < images; rank++) {
      const share = (from + rank + within[from + rank]) / count;
      while (share >= reached && t < steps) reached += chances[++t];
      times[from + order[rank]] = t;
      ranks[from + order[rank]] = rank;
    }
  }
  return { t: times, factors: chances.map((chance) => 1 / (draws * chance)), ranks };
}

/** Every time for every image. */
export function allTimes(images: number, { steps }: Schedule): DrawnTimes {
  const t = Int32Array.from({ length: images * (steps - 1) }, (_, i) => 2 + Math.floor(i / images));
  return { t, factors: new Float64Array(steps + 1).fill(1), ranks: undefined };
}

function normalized(probabilities: ArrayLike<number>, steps: number): Float64Array {
  if (probabilities.length !== steps + 1) {
    throw new RangeError(
      `probabilities has the length ${probabilities.length}; use ${steps + 1}, with that of t at index t.`,
    );
  }
  const chances = Float64Array.from(probabilities).fill(0, 0, 2);
  checkFinite("probabilities", chances);
  for (let t = 2; t <= steps; t++) checkNumber(`probabilities[${t}]`, chances[t], Number.MIN_VALUE);
  const sum = chances.reduce((total, chance) => total + chance, 0);
  return chances.map((chance) => chance / sum);
}

/** 0 … count - 1 in random order (Fisher and Yates). */
function shuffled(count: number, uniform: Float32Array): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(uniform[i] * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}
