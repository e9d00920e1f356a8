import { checkInteger } from "../errors";
import type { Seed } from "../random";
import { normalValues, uniformValues } from "../random/distributions";
import { foldIn, nextSeed, seedWords } from "../random/seed";
import type { Component } from "./components";

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

/** The component in whose part of [0, 1) the number falls. */
function pick(components: readonly Component[], share: number): Component {
  let reached = 0;
  const found = components.find(({ weight }) => share < (reached += weight));
  return found ?? components[components.length - 1];
}
