import { drawnIndices } from "./drawn";
import type { Points } from "./points";

const subsample = 1000;

/** The median distance between two points of both samples together, or of 1,000 of them, always the same. Drawn, since
 * every tenth of a list that goes round ten classes would be of one class. */
export function medianDistance(a: Points, b: Points): number {
  const points = drawn([...rowsOf(a), ...rowsOf(b)]);
  const squared = new Float64Array((points.length * (points.length - 1)) / 2);
  let at = 0;
  for (let i = 0; i < points.length; i++) {
    for (let j = 0; j < i; j++) squared[at++] = squaredDistance(points[i], points[j]);
  }
  return Math.sqrt(squared.sort()[Math.floor(squared.length / 2)]);
}

function rowsOf({ values, count, dimension }: Points): Float32Array[] {
  return Array.from({ length: count }, (_, i) => values.subarray(i * dimension, (i + 1) * dimension));
}

function drawn<Item>(items: readonly Item[]): Item[] {
  const chosen = drawnIndices(items.length, Math.min(subsample, items.length), 0);
  return Array.from(chosen, (index) => items[index]);
}

function squaredDistance(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += (x[k] - y[k]) ** 2;
  return sum;
}
