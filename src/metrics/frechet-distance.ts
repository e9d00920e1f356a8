import type { tf } from "../backend/tf";
import { gaussianOf, type Gaussian } from "./gaussian";
import { readPoints } from "./points";
import { traceOfRoot } from "./trace-of-root";

/** The Fréchet distance |μ₁ - μ₂|² + Tr(Σ₁ + Σ₂ - 2 (Σ₁ Σ₂)^½) of the normal distributions with the samples' means and
 * covariances (Heusel et al. 2017, "GANs trained by a two time-scale update rule converge to a local Nash equilibrium",
 * eq. 6; Dowson & Landau 1982). With an Inception network's features it is known as FID; numbers from the features of
 * other networks are not comparable with it, nor with each other. It is the square of a Wasserstein distance of order 2,
 * so its unit is that of the features squared, and it sees nothing beyond mean and covariance.
 *
 * The estimate is biased: samples of the same distribution are some distance apart, which falls about as 1/n + 1/m and
 * rises with d (Chong & Forsyth 2020, "Effectively unbiased FID and Inception score and where to find them"). Compare
 * only numbers from samples of the same sizes, and with their noise floor; n and m should be well above d.
 * @param a [n, d] float32: the features of n images, at least 2
 * @param b [m, d] float32
 * @throws RangeError or TypeError for other shapes and types, or a number that is not finite
 * @throws InterruptedError after an interrupt of the cell */
export async function frechetDistance(a: tf.Tensor2D, b: tf.Tensor2D): Promise<number> {
  const [x, y] = await readPoints(a, b);
  return betweenGaussians(await gaussianOf(x), await gaussianOf(y));
}

function betweenGaussians(a: Gaussian, b: Gaussian): number {
  const ofMeans = a.mean.reduce((sum, value, k) => sum + (value - b.mean[k]) ** 2, 0);
  const ofCovariances =
    trace(a.covariance) + trace(b.covariance) - 2 * traceOfRoot(a.covariance, b.covariance);
  return ofMeans + Math.max(0, ofCovariances);
}

function trace(matrix: Float64Array): number {
  const step = Math.sqrt(matrix.length) + 1;
  let sum = 0;
  for (let at = 0; at < matrix.length; at += step) sum += matrix[at];
  return sum;
}
