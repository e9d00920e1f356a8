import { squaredNorms, type Points } from "./points";
import { centredProducts } from "./products";

/** Up to this many coordinates the differences themselves are as fast as a matrix product, and exact. */
const fewCoordinates = 8;

/** Pairs nearer than this, as a share of |x|² + |y|², lose too many digits in |x|² + |y|² - 2 x·y. */
const near = 0.01;

/** |x - y|² for each point x of `a` and each y of `b`: [a.count, b.count], row by row. */
export async function squaredDistances(a: Points, b: Points): Promise<Float64Array> {
  return a.dimension <= fewCoordinates ? byDifferences(a, b) : byProducts(a, b, await centredProducts(a, b));
}

/** |x - y|² of one pair, to double precision. */
export function squaredDistance(a: Points, i: number, b: Points, j: number): number {
  const { dimension } = a;
  let sum = 0;
  for (let k = 0; k < dimension; k++) {
    const difference = a.values[i * dimension + k] - b.values[j * dimension + k];
    sum += difference * difference;
  }
  return sum;
}

function byDifferences(a: Points, b: Points): Float64Array {
  const result = new Float64Array(a.count * b.count);
  for (let i = 0, at = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++) result[at++] = squaredDistance(a, i, b, j);
  }
  return result;
}

/** By |x|² + |y|² - 2 x·y, where x·y has float32's errors, small beside |x|² + |y|²; near pairs anew. */
function byProducts(a: Points, b: Points, products: Float32Array): Float64Array {
  const [normsA, normsB] = [squaredNorms(a), squaredNorms(b)];
  const result = new Float64Array(products.length);
  for (let i = 0, at = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++, at++) {
      const norms = normsA[i] + normsB[j];
      const squared = norms - 2 * products[at];
      result[at] = squared > near * norms ? squared : squaredDistance(a, i, b, j);
    }
  }
  return result;
}
