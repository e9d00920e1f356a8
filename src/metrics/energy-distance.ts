import type { tf } from "../backend/tf";
import { meanOverOwnPairs, meanOverPairs } from "./pairs";
import { readPoints } from "./points";

/** The energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| of two distributions, estimated from samples, with Euclidean
 * distances (Székely & Rizzo 2013, "Energy statistics: A class of statistics based on distances"). It is zero only if
 * the distributions are equal, in any dimension, and has the units of the data.
 *
 * The estimate is unbiased: within a sample, only pairs of different points count (a U-statistic). For samples of the
 * same distribution it therefore scatters about 0, and may be slightly negative. The time goes with (n + m)²; the
 * memory does not.
 * @param a [n, d] float32: n points, at least 2
 * @param b [m, d] float32
 * @throws RangeError or TypeError for other shapes and types, or a number that is not finite
 * @throws InterruptedError after an interrupt of the cell */
export async function energyDistance(a: tf.Tensor2D, b: tf.Tensor2D): Promise<number> {
  const [x, y] = await readPoints(a, b);
  const between = await meanOverPairs(x, y, Math.sqrt);
  const within = (await meanOverOwnPairs(x, Math.sqrt)) + (await meanOverOwnPairs(y, Math.sqrt));
  return 2 * between - within;
}
