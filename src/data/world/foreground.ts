import { worldColours } from "./attributes";
import { palette, type Rgb } from "./palette";

/** A picture as difference from its background. */
export interface Foreground {
  /** Red, green and blue of the background. */
  readonly background: Rgb;
  /** For each pixel, about what share of it an object covers: 0 … 1 and, by noise, a little beyond. */
  readonly cover: Float32Array;
}

/** Separates the objects of a picture from its background, which has one colour and is the larger part.
 * @param pixels red, green and blue of each pixel, in [-1, 1] */
export function foregroundOf(pixels: ArrayLike<number>): Foreground {
  const background = backgroundOf(pixels);
  const cover = new Float32Array(pixels.length / 3);
  const full = worldColours.map((colour) => withLength(contrast(palette[colour], background)));
  for (let i = 0; i < cover.length; i++) {
    cover[i] = coverOf(contrastAt(pixels, i, background), full);
  }
  return { background, cover };
}

/** A colour minus the background's. */
export function contrast(colour: Rgb, background: Rgb): Rgb {
  return [colour[0] - background[0], colour[1] - background[1], colour[2] - background[2]];
}

export function contrastAt(pixels: ArrayLike<number>, pixel: number, background: Rgb): Rgb {
  return [
    pixels[3 * pixel] - background[0],
    pixels[3 * pixel + 1] - background[1],
    pixels[3 * pixel + 2] - background[2],
  ];
}

export function dot(a: Rgb, b: Rgb): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

interface Contrast {
  readonly direction: Rgb;
  readonly length: number;
}

function withLength(direction: Rgb): Contrast {
  return { direction, length: Math.sqrt(dot(direction, direction)) };
}

/** Covered by a share s of an object, a pixel has s times the contrast of the object's colour. The colour is not known yet: it is
 * the palette's whose direction from the background is nearest. */
function coverOf(found: Rgb, full: readonly Contrast[]): number {
  let [nearest, cover] = [-Infinity, 0];
  for (const { direction, length } of full) {
    const along = dot(found, direction) / length;
    if (along > nearest) [nearest, cover] = [along, along / length];
  }
  return cover;
}

/** The mean of what is near the median, channel by channel. Under noise, objects pull the median a little their way; the mean of
 * what is near finds back. */
function backgroundOf(pixels: ArrayLike<number>): Rgb {
  const values = new Float32Array(pixels.length / 3);
  const channel = (c: number): number => {
    for (let i = 0; i < values.length; i++) values[i] = pixels[3 * i + c];
    values.sort();
    const median = values[values.length >> 1];
    return meanNear(values, meanNear(values, median));
  };
  return [channel(0), channel(1), channel(2)];
}

const near = 0.25;

function meanNear(values: Float32Array, centre: number): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (value < centre - near || value > centre + near) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
