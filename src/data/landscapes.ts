import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import type { Seed } from "../random";
import { foldIn, nextSeed, seedWords } from "../random/seed";
import { clamp } from "./landscape/noise";
import { paintScene } from "./landscape/paint";
import { kindOf } from "./landscape/kind";
import { randomScene } from "./landscape/scene";

export interface LandscapeOptions {
  readonly count: number;
  /** Height in pixels. */
  readonly size?: number;
  /** As the height if omitted. */
  readonly width?: number;
  readonly seed?: Seed;
}

/** Painted landscapes: a sky at some time of the day with a sun or moon, ridges of mountains that pale with their distance, and a
 * meadow or a lake that mirrors them. They go on to the right without end, and every place is like every other, so that a window
 * of a wide picture is distributed as a small picture is, and a model of small ones can be asked for a panorama. A wider picture of a seed
 * begins with the narrower one.
 * @returns float32 [count, size, width, 3] in [-1, 1]; the same ones for the same seed
 * @throws RangeError for numbers that are not whole, or a size below 8 */
export function landscapes(options: LandscapeOptions): tf.Tensor4D {
  return labelledLandscapes(options).images;
}

/** The same landscapes, each with its kind: a place in `landscapeKinds`. */
export function labelledLandscapes({ count, size = 32, width = size, seed = nextSeed() }: LandscapeOptions): {
  readonly images: tf.Tensor4D;
  readonly labels: Int32Array;
} {
  checkInteger("count", count, 1);
  checkInteger("size", size, 8);
  checkInteger("width", width, 1);
  const words = seedWords(seed);
  const values = new Float32Array(count * size * width * 3);
  const labels = Int32Array.from({ length: count }, (_, n) => {
    const own = values.subarray(n * size * width * 3, (n + 1) * size * width * 3);
    const scene = randomScene(foldIn(words, n), width / size, size);
    paintScene({ size, width, values: own }, scene);
    return kindOf(scene);
  });
  // In place: a data set may be large.
  for (let i = 0; i < values.length; i++) values[i] = clamp(values[i] / 127.5 - 1, -1, 1);
  return { images: tf.tensor4d(values, [count, size, width, 3]), labels };
}
