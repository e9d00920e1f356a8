import { checkInteger } from "../errors";
import type { Seed } from "../random";
import { normalValues, uniformValues } from "../random/distributions";
import { foldIn, nextSeed, seedWords } from "../random/seed";
import { pick, type Component } from "./components";

/** Draws a component for each number, then the number from it.
 * @throws RangeError for a negative count or a bad seed */
export function sampleMixture(
  components: readonly Component[],
  count: number,
  seed: Seed = nextSeed(),
): Float64Array {
  checkInteger("count", count, 0);
  const choices = uniformValues(seedWords(foldIn(seed, 0)), count);
  const noise = normalValues(seedWords(foldIn(seed, 1)), count);
  return Float64Array.from(noise, (value, i) => {
    const { mean, variance } = pick(components, choices[i]);
    return mean + Math.sqrt(variance) * value;
  });
}
