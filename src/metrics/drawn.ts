import { uniformValues } from "../random/distributions";
import { seedWords, type Seed } from "../random/seed";

/** So many different indices from 0 to `below` - 1, in random order: the first steps of Fisher and Yates's shuffle. */
export function drawnIndices(below: number, count: number, seed: Seed): Int32Array {
  const indices = Int32Array.from({ length: below }, (_, i) => i);
  uniformValues(seedWords(seed), count).forEach((share, i) => {
    const chosen = i + Math.floor(share * (below - i));
    [indices[i], indices[chosen]] = [indices[chosen], indices[i]];
  });
  return indices.slice(0, count);
}
