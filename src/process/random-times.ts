import { tf } from "../backend/tf";
import { checkInteger, checkNumber } from "../errors";
import { randomUniform, type Seed } from "../random";
import type { Schedule } from "../schedule";

export interface RandomTimesOptions {
  readonly seed?: Seed;
  /** Draws one time from each of `count` equal parts of the probability, in random places within them: each time is as likely as before,
   * and a mean over the batch varies less (Kingma et al. 2021, appendix I.1). They then increase along the batch: its points must be
   * in random order, or each kind of data sees its own times only. */
  readonly stratified?: boolean;
  /** How likely each t is, at index t = 1 … T, such as {@link logitNormalTimes}; made to add up to 1. All the same if omitted. */
  readonly probabilities?: ArrayLike<number>;
}

/** Random times, int32 [count]: t ~ Uniform{1, …, T} unless told otherwise (lecture, Algorithm 18.1, third line).
 * @throws RangeError for a bad count, seed, or table of probabilities */
export function randomTimes(
  count: number,
  schedule: Schedule,
  { seed, stratified = false, probabilities }: RandomTimesOptions = {},
): tf.Tensor1D {
  checkInteger("count", count, 1);
  return tf.tidy(() => {
    const uniform = randomUniform<tf.Rank.R1>([count], seed);
    const share = stratified ? uniform.add<tf.Tensor1D>(tf.range(0, count)).div<tf.Tensor1D>(count) : uniform;
    return probabilities ? drawnBy(probabilities, share, schedule) : evenly(share, schedule);
  });
}

function evenly(share: tf.Tensor1D, { steps }: Schedule): tf.Tensor1D {
  // Rounding in float32 must not give T + 1.
  return share.mul(steps).floor().add(1).minimum(steps).cast("int32");
}

/** The first time up to which there is more probability than this share: one more than there are times with less. */
function drawnBy(probabilities: ArrayLike<number>, share: tf.Tensor1D, schedule: Schedule): tf.Tensor1D {
  const upTo = tf.tensor1d(reached(probabilities, schedule));
  const below1 = share.minimum(1 - 2 ** -24); // to which float32 may have rounded
  const passed = below1.expandDims(1).greaterEqual(upTo.expandDims(0));
  return passed.cast("int32").sum(1).add(tf.scalar(1, "int32"));
}

/** P(t ≤ 1), …, P(t ≤ T-1). Times from the last possible one on are never passed. */
function reached(probabilities: ArrayLike<number>, { steps }: Schedule): Float32Array {
  if (probabilities.length !== steps + 1) {
    throw new RangeError(
      `probabilities has the length ${probabilities.length}; use ${steps + 1}, with that of t at index t.`,
    );
  }
  const chances = Array.from(probabilities).slice(1);
  chances.forEach((chance, i) => {
    checkNumber(`probabilities[${i + 1}]`, chance, 0);
  });
  const all = chances.reduce((sum, chance) => sum + chance, 0);
  if (all === 0) throw new RangeError("probabilities is 0 at all times; at least one must be above 0.");
  let sum = 0;
  return Float32Array.from(chances.slice(0, -1), (chance) => (sum += chance) / all);
}
