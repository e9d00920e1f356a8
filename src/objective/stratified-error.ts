import type { DrawnTimes } from "./drawn-times";

/** The standard error of the mean of the images' totals, for images drawn independently of each other. Each total is the sum of
 * `rest` and of the image's estimates in all rounds. Since the times are stratified, what the terms differ by from one time to the next
 * adds nearly nothing to the mean's error, though it does to the spread of the totals. So from each estimate the mean of those at
 * nearly the same time is taken, those of the other images in its group of neighbouring ranks.
 * @param rest of each image
 * @param estimates index as of the times
 * @returns NaN for a single image, which does not tell how much images differ */
export function stratifiedError(
  rest: Float64Array,
  estimates: Float64Array,
  { ranks }: Pick<DrawnTimes, "ranks">,
): number {
  const images = rest.length;
  const totals = rest.slice();
  for (let from = 0; from < estimates.length; from += images) {
    const round = estimates.subarray(from, from + images);
    const usual = ranks ? usualAtRank(round, ranks.subarray(from, from + images)) : undefined;
    round.forEach((estimate, i) => {
      totals[i] += estimate - (usual?.[i] ?? 0);
    });
  }
  return standardError(totals);
}

/** Of each image, the mean over the others in its group. */
function usualAtRank(round: Float64Array, ranks: Int32Array): Float64Array {
  const images = round.length;
  const groups = Math.floor(Math.sqrt(images));
  const groupOf = (i: number): number => Math.floor((ranks[i] * groups) / images);
  const sums = new Float64Array(groups);
  const sizes = new Int32Array(groups);
  for (let i = 0; i < images; i++) {
    sums[groupOf(i)] += round[i];
    sizes[groupOf(i)]++;
  }
  return round.map((estimate, i) => (sums[groupOf(i)] - estimate) / (sizes[groupOf(i)] - 1));
}

function standardError(values: Float64Array): number {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (count - 1) / count);
}
