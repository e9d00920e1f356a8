import type { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { blocks } from "./blocks";
import { readFlattened, slice, squaredNorms, type Points } from "./points";
import { centredProducts } from "./products";
import { insertSmaller } from "./smallest";
import { squaredDistance } from "./squared-distances";

/** Options of {@link nearestNeighbours}. */
export interface NeighbourOptions {
  /** How many neighbours for each sample; 1 if omitted. */
  readonly count?: number;
}

/** One of the data that is near a sample. */
export interface Neighbour {
  /** Its index among the data. */
  readonly index: number;
  /** The Euclidean distance, to double precision: 0 only for an exact copy. */
  readonly distance: number;
}

/** For each sample, the data nearest to it, in Euclidean distance: of pixels, or of features. Whether generated images are
 * copies of the training data shows when their distances to it are compared with those of held-out images.
 *
 * The search is exact: matrix products with float32's errors choose all data that could be among the nearest, and these
 * are measured anew. Of several at the same distance, the first come first.
 * @param samples float32 [n, ...], each of any shape
 * @param data float32 [m, ...], each of the same shape
 * @returns for each sample `count` neighbours, the nearest first
 * @throws RangeError or TypeError for other shapes and types, a number that is not finite, or a count that is no whole
 *   number from 1 to m
 * @throws InterruptedError after an interrupt of the cell */
export async function nearestNeighbours(
  samples: tf.Tensor,
  data: tf.Tensor,
  { count = 1 }: NeighbourOptions = {},
): Promise<Neighbour[][]> {
  const [x, y] = await readFlattened(samples, data, ["samples", "data"]);
  checkInteger("count", count, 1, y.count);
  const [lengthsX, normsY] = [squaredNorms(x).map(Math.sqrt), squaredNorms(y)];
  // Of 2 x·y, as a share of |x|.
  const errors = normsY.map((norm) => 2 * productError(y.dimension) * Math.sqrt(norm));
  const result: Neighbour[][] = [];
  for await (const { from, to } of blocks(x.count, y.count)) {
    const products = await centredProducts(slice(x, from, to), y);
    for (let i = from; i < to; i++) {
      const row = products.subarray((i - from) * y.count, (i - from + 1) * y.count);
      const candidates = nearest(row, normsY, errors, lengthsX[i], count);
      result.push(measured(x, i, y, candidates).slice(0, count));
    }
  }
  return result;
}

/** How far a product x·y may be off, as a share of |x||y|: twice what rounding can do to d factors and their sum, where
 * the factors are rounded to the 11 bits of TF32, as GPUs may do. */
function productError(dimension: number): number {
  return 2 ** -9 + dimension * 2 ** -23;
}

/** The indices of all y that may be among the `count` nearest to x, by |y|² - 2 x·y = |x - y|² - |x|², of which is known
 * by how much it is off at most. */
function nearest(
  products: Float32Array,
  norms: Float64Array,
  errors: Float64Array,
  length: number,
  count: number,
): number[] {
  const reach = new Float64Array(count).fill(Infinity);
  for (let j = 0; j < products.length; j++) {
    insertSmaller(reach, norms[j] - 2 * products[j] + errors[j] * length);
  }
  const candidates: number[] = [];
  for (let j = 0; j < products.length; j++) {
    if (norms[j] - 2 * products[j] - errors[j] * length <= reach[count - 1]) candidates.push(j);
  }
  return candidates;
}

function measured(x: Points, i: number, y: Points, candidates: readonly number[]): Neighbour[] {
  return candidates
    .map((index) => ({ index, distance: Math.sqrt(squaredDistance(x, i, y, index)) }))
    .sort((a, b) => a.distance - b.distance || a.index - b.index);
}
