import { blocks } from "./blocks";
import { slice, type Points } from "./points";
import { centredProducts } from "./products";

/** A function of two points' inner product. */
export type Kernel = (product: number) => number;

/** Σ k(x·y): for each point x of `a` over all y of `b`, and for each y over all x.
 * @throws InterruptedError after an interrupt of the cell */
export async function kernelSums(
  a: Points,
  b: Points,
  kernel: Kernel,
): Promise<readonly [Float64Array, Float64Array]> {
  const [sumsA, sumsB] = [new Float64Array(a.count), new Float64Array(b.count)];
  const [shiftsA, shiftsB] = [shifts(a), shifts(b)];
  for await (const { from, to } of blocks(a.count, b.count)) {
    const products = await centredProducts(slice(a, from, to), b);
    for (let i = from, at = 0; i < to; i++) {
      for (let j = 0; j < b.count; j++, at++) {
        const value = kernel(products[at] + shiftsA[i] + shiftsB[j]);
        sumsA[i] += value;
        sumsB[j] += value;
      }
    }
  }
  return [sumsA, sumsB];
}

/** Σ k(x·y) for each point x over all other points y of its sample.
 * @throws InterruptedError after an interrupt of the cell */
export async function ownKernelSums(points: Points, kernel: Kernel): Promise<Float64Array> {
  const { count } = points;
  const sums = new Float64Array(count);
  const shift = shifts(points);
  for await (const { from, to } of blocks(count, count)) {
    const products = await centredProducts(slice(points, from, to), slice(points, from, count));
    for (let i = from; i < to; i++) {
      for (let j = i + 1; j < count; j++) {
        const value = kernel(products[(i - from) * (count - from) + j - from] + shift[i] + shift[j]);
        sums[i] += value;
        sums[j] += value;
      }
    }
  }
  return sums;
}

/** What x adds to an inner product when x and y are moved back by c: (x + c)·(y + c) = x·y + (x·c + c·c/2) + (y·c + c·c/2).
 * The part that is a difference between points then has float32's errors, and not the much larger whole. */
function shifts({ centred, centre, count, dimension }: Points): Float64Array {
  const result = new Float64Array(count);
  for (let i = 0, at = 0; i < count; i++) {
    for (let k = 0; k < dimension; k++, at++) result[i] += (centred[at] + centre[k] / 2) * centre[k];
  }
  return result;
}
