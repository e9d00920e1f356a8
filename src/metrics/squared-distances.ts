import { tf } from "../backend/tf";
import type { Points } from "./points";

/** Up to this many coordinates the differences themselves are as fast as a matrix product, and exact. */
const fewCoordinates = 8;

/** Pairs nearer than this, as a share of |x|² + |y|², lose too many digits in |x|² + |y|² - 2 x·y. */
const near = 0.01;

/** |x - y|² for each point x of `a` and each y of `b`: [a.count, b.count], row by row. */
export async function squaredDistances(a: Points, b: Points): Promise<Float64Array> {
  return a.dimension <= fewCoordinates ? byDifferences(a, b) : byProducts(a, b, await products(a, b));
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

/** x·y of the centred points, for all pairs. */
async function products(a: Points, b: Points): Promise<Float32Array> {
  const matrix = ({ centred, count, dimension }: Points): tf.Tensor2D =>
    tf.tensor2d(centred, [count, dimension]);
  const product = tf.tidy(() => tf.matMul(matrix(a), matrix(b), false, true));
  try {
    return await product.data<"float32">();
  } finally {
    product.dispose();
  }
}

function squaredNorms({ centred, count, dimension }: Points): Float64Array {
  const norms = new Float64Array(count);
  for (let i = 0, at = 0; i < count; i++) {
    for (let k = 0; k < dimension; k++, at++) norms[i] += centred[at] * centred[at];
  }
  return norms;
}

function squaredDistance(a: Points, i: number, b: Points, j: number): number {
  const { dimension } = a;
  let sum = 0;
  for (let k = 0; k < dimension; k++) {
    const difference = a.values[i * dimension + k] - b.values[j * dimension + k];
    sum += difference * difference;
  }
  return sum;
}
