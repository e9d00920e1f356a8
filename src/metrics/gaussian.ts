import { blocks } from "./blocks";
import { slice, type Points } from "./points";

/** The normal distribution with the mean and the covariance of a sample. */
export interface Gaussian {
  readonly mean: Float64Array;
  /** Σ: [d, d], row by row. */
  readonly covariance: Float64Array;
}

/** Mean and covariance (over n - 1) of a sample, in double precision and in two passes, so that points far from the
 * origin lose nothing.
 * @throws InterruptedError after an interrupt of the cell */
export async function gaussianOf(points: Points): Promise<Gaussian> {
  const { count, dimension } = points;
  const mean = meanOf(points);
  const covariance = new Float64Array(dimension * dimension);
  for await (const { from, to } of blocks(count, dimension * dimension)) {
    addProducts(covariance, slice(points, from, to), mean);
  }
  for (let j = 0; j < dimension; j++) {
    for (let k = 0; k <= j; k++) {
      covariance[k * dimension + j] = covariance[j * dimension + k] /= count - 1;
    }
  }
  return { mean, covariance };
}

function meanOf({ values, count, dimension }: Points): Float64Array {
  const sums = new Float64Array(dimension);
  for (let i = 0, at = 0; i < count; i++) {
    for (let k = 0; k < dimension; k++, at++) sums[k] += values[at];
  }
  return sums.map((sum) => sum / count);
}

/** Adds (x - mean)(x - mean)ᵀ of each point x to the lower triangle: of four points at once, which takes half the time,
 * since the triangle is then read and written a quarter as often. */
function addProducts(triangle: Float64Array, points: Points, mean: Float64Array): void {
  for (let i = 0; i < points.count; i += 4) {
    const [p, q, r, s] = [i, i + 1, i + 2, i + 3].map((index) => difference(points, index, mean));
    for (let j = 0, at = 0; j < points.dimension; j++, at = j * points.dimension) {
      const [pj, qj, rj, sj] = [p[j], q[j], r[j], s[j]];
      for (let k = 0; k <= j; k++, at++) triangle[at] += pj * p[k] + qj * q[k] + rj * r[k] + sj * s[k];
    }
  }
}

/** A point less the mean, or zeros beyond the last point. */
function difference({ values, count, dimension }: Points, index: number, mean: Float64Array): Float64Array {
  if (index >= count) return new Float64Array(dimension);
  return mean.map((value, k) => values[index * dimension + k] - value);
}
