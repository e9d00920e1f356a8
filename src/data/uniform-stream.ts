import { foldIn, type Seed } from "../random";
import { uniformValues } from "../random/distributions";
import { seedWords } from "../random/seed";

/** Random numbers one after another, for draws that do not know in advance how many they need. */
export interface UniformStream {
  /** The next number, uniform on [0, 1). */
  next(): number;
  /** Uniform on [from, to). */
  between(from: number, to: number): number;
  /** One of the values, each with the same probability. */
  oneOf<Value>(values: readonly Value[]): Value;
}

/** Computed so many at once. */
const block = 64;

/** The same numbers for the same seed.
 * @throws RangeError or TypeError for a bad seed */
export function uniformStream(seed: Seed): UniformStream {
  const words = seedWords(seed);
  let values: Float32Array = new Float32Array(0);
  let drawn = 0;
  const next = (): number => {
    if (drawn % block === 0) values = uniformValues(seedWords(foldIn(words, drawn / block)), block);
    return values[drawn++ % block];
  };
  return {
    next,
    between: (from, to) => from + (to - from) * next(),
    oneOf: (values) => values[Math.floor(values.length * next())],
  };
}
