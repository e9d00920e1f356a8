import type { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { blocks } from "./blocks";
import { readPoints, slice, type Points } from "./points";
import { insertSmaller } from "./smallest";
import { squaredDistances } from "./squared-distances";

/** Options of {@link precisionRecall}. */
export interface PrecisionRecallOptions {
  /** k: the ball about a point reaches to its k-th nearest neighbour in its own sample. 3 if omitted, as in the paper. */
  readonly neighbours?: number;
}

/** How good, and how varied, generated images are. */
export interface PrecisionRecall {
  /** The share of generated images that look real: they lie where real ones do. */
  readonly precision: number;
  /** The share of real images that might have been generated: they lie where generated ones do. */
  readonly recall: number;
}

/** Improved precision and recall (Kynkäänniemi et al. 2019, "Improved precision and recall metric for assessing generative
 * models", eqs. 1 and 2): where a sample lies is the union of balls about its points, each reaching to the point's k-th
 * nearest neighbour, and what is counted are the other sample's points within it.
 *
 * For samples of the same distribution both are below 1, the more so in many dimensions, and depend on n, m and k: compare
 * equal sizes, and with real images in the place of the generated ones. A single outlier makes a large ball. The time goes
 * with (n + m)²; the memory does not.
 * @param real [n, d] float32: the features of n images
 * @param generated [m, d] float32
 * @throws RangeError or TypeError for other shapes and types, a number that is not finite, or neighbours that are no whole
 *   number from 1 to the smaller sample's size less 1
 * @throws InterruptedError after an interrupt of the cell */
export async function precisionRecall(
  real: tf.Tensor2D,
  generated: tf.Tensor2D,
  { neighbours = 3 }: PrecisionRecallOptions = {},
): Promise<PrecisionRecall> {
  const [x, y] = await readPoints(real, generated, ["real", "generated"]);
  checkInteger("neighbours", neighbours, 1, Math.min(x.count, y.count) - 1);
  const [reachX, reachY] = [await reaches(x, neighbours), await reaches(y, neighbours)];
  const [insideX, insideY] = [new Uint8Array(x.count), new Uint8Array(y.count)];
  for await (const { from, to } of blocks(x.count, y.count)) {
    const squared = await squaredDistances(slice(x, from, to), y);
    for (let i = from, at = 0; i < to; i++) {
      for (let j = 0; j < y.count; j++, at++) {
        if (squared[at] <= reachX[i]) insideY[j] = 1;
        if (squared[at] <= reachY[j]) insideX[i] = 1;
      }
    }
  }
  return { precision: share(insideY), recall: share(insideX) };
}

/** The squared distance of each point to the k-th nearest of the others. */
async function reaches(points: Points, k: number): Promise<Float64Array> {
  const { count } = points;
  const result = new Float64Array(count);
  for await (const { from, to } of blocks(count, count)) {
    const squared = await squaredDistances(slice(points, from, to), points);
    for (let i = from, at = 0; i < to; i++) {
      const nearest = new Float64Array(k).fill(Infinity);
      for (let j = 0; j < count; j++, at++) if (j !== i) insertSmaller(nearest, squared[at]);
      result[i] = nearest[k - 1];
    }
  }
  return result;
}

function share(marks: Uint8Array): number {
  return marks.reduce((sum, mark) => sum + mark, 0) / marks.length;
}
