import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { randomUniform, type Seed } from "../random";
import type { Schedule } from "../schedule";

/** Random times t ~ Uniform{1, …, T}, int32 [count] (lecture, Algorithm 18.1, third line).
 * @param stratified draws one time from each of `count` equal parts of 1 … T, in random places within them: each is
 * uniform still, and a mean over the batch varies less (Kingma et al. 2021, appendix I.1). They then increase along the batch:
 * its points must be in random order, or each kind of data sees its own times only
 * @throws RangeError for a bad count or seed */
export function randomTimes(
  count: number,
  { steps }: Schedule,
  { seed, stratified = false }: { readonly seed?: Seed; readonly stratified?: boolean } = {},
): tf.Tensor1D {
  checkInteger("count", count, 1);
  return tf.tidy(() => {
    const uniform = randomUniform<tf.Rank.R1>([count], seed);
    const share = stratified ? uniform.add(tf.range(0, count)).div(count) : uniform;
    // Rounding in float32 must not give T + 1.
    const times = share.mul(steps).floor().add(1).minimum(steps);
    return times.cast("int32");
  });
}
