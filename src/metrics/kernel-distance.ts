import type { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { kernelSums, ownKernelSums, type Kernel } from "./kernel-sums";
import { readPoints } from "./points";

/** Options of {@link kernelDistance}. */
export interface KernelDistanceOptions {
  /** The polynomial's degree p: moments of the features up to the p-th are compared. 3 if omitted, as in the paper. */
  readonly degree?: number;
}

/** An estimate, and how far off it may be. */
export interface KernelDistance {
  readonly distance: number;
  /** The estimate's standard deviation, estimated from the same samples. */
  readonly standardError: number;
}

/** The squared maximum mean discrepancy of two samples with the polynomial kernel k(x, y) = (x·y / d + 1)³ (Bińkowski et
 * al. 2018, "Demystifying MMD GANs", section 4). With an Inception network's features it is known as KID. It has no units;
 * unlike {@link frechetDistance} it is unbiased, so that samples of different sizes can be compared, and small ones used:
 * for samples of the same distribution it scatters about 0, and may be slightly negative.
 *
 * All pairs of different points are used at once, which has a smaller error than the mean over random subsets, and the same
 * expectation. The standard error is the jackknife's, from what the estimate would be without each point in turn (Efron &
 * Stein 1981, "The jackknife estimate of variance"); where the distributions are equal it is too large, by about √2. The
 * time goes with (n + m)²; the memory does not.
 * @param a [n, d] float32: the features of n images, at least 3
 * @param b [m, d] float32
 * @throws RangeError or TypeError for other shapes and types, a number that is not finite, or a degree that is no whole
 *   number from 1 to 10
 * @throws InterruptedError after an interrupt of the cell */
export async function kernelDistance(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  { degree = 3 }: KernelDistanceOptions = {},
): Promise<KernelDistance> {
  checkInteger("degree", degree, 1, 10);
  const [x, y] = await readPoints(a, b);
  // Without one of them two must be left.
  checkInteger("a.shape[0]", x.count, 3);
  checkInteger("b.shape[0]", y.count, 3);
  const kernel = polynomial(degree, x.dimension);
  const [ofX, ofY] = await kernelSums(x, y, kernel);
  const first = { own: await ownKernelSums(x, kernel), other: ofX };
  const second = { own: await ownKernelSums(y, kernel), other: ofY };
  return {
    distance: meanOwn(first) + meanOwn(second) - (2 * total(ofX)) / (x.count * y.count),
    standardError: Math.sqrt(variance(first, y.count) + variance(second, x.count)),
  };
}

/** Of each point of a sample: the sum of its kernel with the sample's other points, and with the other sample's. */
interface Sums {
  readonly own: Float64Array;
  readonly other: Float64Array;
}

function polynomial(degree: number, dimension: number): Kernel {
  return (product) => {
    const base = product / dimension + 1;
    let power = base;
    for (let p = 1; p < degree; p++) power *= base;
    return power;
  };
}

function meanOwn({ own }: Sums): number {
  return total(own) / (own.length * (own.length - 1));
}

/** The share of one sample in the jackknife's variance: (n-1)/n Σ (θ₋ᵢ - their mean)², where leaving point i out takes 2 own[i]
 * from a sum over n (n-1) pairs, which then are (n-1)(n-2), and other[i] from one over n·others, then (n-1)·others. */
function variance({ own, other }: Sums, others: number): number {
  const n = own.length;
  const changes = own.map((sum, i) => (2 / (n - 1)) * (other[i] / others - sum / (n - 2)));
  const mean = total(changes) / n;
  return ((n - 1) / n) * changes.reduce((sum, change) => sum + (change - mean) ** 2, 0);
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
