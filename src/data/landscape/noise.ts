import type { Seed } from "../../random";
import { uniformValues } from "../../random/distributions";
import { foldIn, seedWords } from "../../random/seed";

/** What a fractal looks like: a sum of octaves, each with twice the frequency of the one before and less weight. */
export interface FractalOptions {
  /** Bends to a unit of length, of the first octave. */
  readonly frequency: number;
  /** The weight of each octave for that of the one before. */
  readonly gain: number;
  /** The highest frequency, such as that of the pixels. */
  readonly finest: number;
  /** Whether bends are rounded, as of hills, or sharp, as of rocks. */
  readonly smooth?: boolean;
}

/** Noise within -1 … 1 on the line from -1 to `length` + 1: each octave runs through random heights at equal distances (value noise;
 * Musgrave 1993, "Methods for realistic landscape imaging"). It begins at a random phase, so that all places are alike. A longer
 * line begins as a shorter one does, and a finer one is the coarser one with detail. */
export function fractalNoise(seed: Seed, length: number, options: FractalOptions): (x: number) => number {
  const strip = stripNoise(seed, length, 0, options);
  return (x) => strip(x, 0);
}

/** The same in a strip, for y from 0 to `rows`: lines of noise at each whole y, and what lies between them. */
export function stripNoise(
  seed: Seed,
  length: number,
  rows: number,
  { frequency, gain, finest, smooth = false }: FractalOptions,
): (x: number, y: number) => number {
  const lines = rows + 2;
  const octaves: Octave[] = [];
  for (let k = 0; k === 0 || frequency * 2 ** k <= finest; k++) {
    const own = frequency * 2 ** k;
    // Of all lines at one place, then of all at the next: a longer strip only adds to the end.
    const count = 1 + lines * (3 + Math.ceil((length + 2) * own));
    const values = uniformValues(seedWords(foldIn(seed, k)), count);
    octaves.push({
      frequency: own,
      weight: gain ** k * (1 - gain),
      phase: values[0],
      heights: values.subarray(1),
    });
  }
  return (x, y) => {
    const row = clamp(Math.floor(y), 0, rows);
    const up = smoothStep(y - row);
    let sum = 0;
    for (const { frequency, weight, phase, heights } of octaves) {
      const place = (x + 1) * frequency + phase;
      const column = Math.floor(place);
      const along = smooth ? smoothStep(place - column) : place - column;
      const at = column * lines + row;
      const below = heights[at] + along * (heights[at + lines] - heights[at]);
      const above = heights[at + 1] + along * (heights[at + lines + 1] - heights[at + 1]);
      sum += weight * (2 * (below + up * (above - below)) - 1);
    }
    return sum;
  };
}

interface Octave {
  readonly frequency: number;
  readonly weight: number;
  readonly phase: number;
  readonly heights: Float32Array;
}

/** From 0 to 1 with a level start and end; 0 before and 1 after. */
export function smoothStep(share: number): number {
  const s = clamp(share, 0, 1);
  return s * s * (3 - 2 * s);
}

/** The number within the range that is nearest to a value. */
export function clamp(value: number, from: number, to: number): number {
  if (value < from) return from;
  return value > to ? to : value;
}
