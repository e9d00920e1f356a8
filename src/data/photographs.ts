import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { pngjs } from "../plot/lazy";
import { root } from "../root";

/** Which photographs to load. */
export interface PhotographOptions {
  /** How many, from the beginning of the list; all eleven if omitted. */
  readonly count?: number;
}

/** Photographs as a tensor. */
export interface Photographs {
  /** [count, 128, 128, 1] in [-1, 1]: -1 is black, 1 is white. */
  readonly images: tf.Tensor4D;
  /** What each one shows, in English. */
  readonly names: readonly string[];
}

const side = 128;
const folder = join(root, "src", "data", "photographs");
const names: readonly string[] =
  "camera cat astronaut coffee rocket skyline gravel grass bricks retina galaxies".split(" ");

/** Gray photographs of 128 × 128 pixels, always in the same order: scenes first, then textures, then what only
 * instruments see. All are in the public domain or under CC0; src/data/photographs/README.md names their authors.
 * @throws RangeError if there are fewer photographs than `count` */
export function loadPhotographs({ count = names.length }: PhotographOptions = {}): Photographs {
  checkInteger("count", count, 1, names.length);
  const chosen = names.slice(0, count);
  const values = new Float32Array(count * side * side);
  chosen.forEach((name, i) => {
    values.set(readGray(name), i * side * side);
  });
  return { images: tf.tensor4d(values, [count, side, side, 1]), names: chosen };
}

/** pngjs gives four bytes for each pixel, of which the first three are equal in a gray picture. */
function readGray(name: string): Float32Array {
  const { data } = pngjs().PNG.sync.read(readFileSync(join(folder, `${name}.png`)));
  return Float32Array.from({ length: side * side }, (_, i) => data[4 * i] / 127.5 - 1);
}
