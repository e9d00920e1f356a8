import type { tf } from "../backend/tf";
import { checkNumber } from "../errors";
import { medianDistance } from "./median-distance";
import { meanOverOwnPairs, meanOverPairs } from "./pairs";
import { readPoints } from "./points";

/** Options of {@link maximumMeanDiscrepancy}. */
export interface DiscrepancyOptions {
  /** The kernel's width h, in the units of the data: differences on much smaller and much larger scales count little.
   * The median distance of two points if omitted; give one to compare several samples with the same measure. */
  readonly bandwidth?: number;
}

/** The squared maximum mean discrepancy E k(X, X') + E k(Y, Y') - 2 E k(X, Y) of two distributions, estimated from
 * samples, with the Gaussian kernel k(x, y) = exp(-|x - y|² / (2 h²)) (Gretton et al. 2012, "A kernel two-sample test",
 * eq. 3). It is zero only if the distributions are equal, in any dimension, at most 2, and has no units.
 *
 * The estimate is unbiased: within a sample, only pairs of different points count (a U-statistic). For samples of the
 * same distribution it therefore scatters about 0, and may be slightly negative. The time goes with (n + m)²; the
 * memory does not.
 * @param a [n, d] float32: n points, at least 2
 * @param b [m, d] float32
 * @throws RangeError or TypeError for other shapes and types, a number that is not finite, or a bandwidth not above 0
 * @throws InterruptedError after an interrupt of the cell */
export async function maximumMeanDiscrepancy(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  { bandwidth }: DiscrepancyOptions = {},
): Promise<number> {
  if (bandwidth !== undefined) checkBandwidth(bandwidth);
  const [x, y] = await readPoints(a, b);
  const width = bandwidth ?? medianDistance(x, y);
  if (width === 0) throw new RangeError("Most points are equal, and so no bandwidth is found; give one.");
  const kernel = (squared: number): number => Math.exp(-squared / (2 * width * width));
  const within = (await meanOverOwnPairs(x, kernel)) + (await meanOverOwnPairs(y, kernel));
  return within - 2 * (await meanOverPairs(x, y, kernel));
}

function checkBandwidth(bandwidth: number): void {
  checkNumber("bandwidth", bandwidth);
  if (bandwidth <= 0) throw new RangeError(`bandwidth is ${bandwidth}; use a number above 0.`);
}
