import type { Picture } from "./picture";

/** How a picture becomes data. */
export interface SquareForm {
  /** Pixels along a side. */
  readonly size: number;
  /** 1: grey; 3: red, green, blue. */
  readonly channels: 1 | 3;
  /** What shows through where the picture is transparent, from black, -1, to white, 1. */
  readonly background: number;
}

/** Cuts the largest square from a picture's middle and changes its size, by the mean over areas where it shrinks, bilinearly
 * where it grows.
 * @param result size × size × channels numbers in [-1, 1] are written to it
 */
export function writeSquare(picture: Picture, form: SquareForm, result: Float32Array): void {
  const { size, channels } = form;
  const { width, height } = picture;
  const side = Math.min(width, height);
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  const taps = resampling(side, size);
  const narrowed = new Float64Array(side * size * channels);
  for (let y = 0; y < side; y++) {
    const row = levels(picture, (top + y) * width + left, side, form);
    resample(row, taps, channels, narrowed.subarray(y * size * channels, (y + 1) * size * channels));
  }
  resample(narrowed, taps, size * channels, result);
}

/** Pixels of one row, from the index `first` on, as numbers in [-1, 1]. */
function levels(
  { rgba }: Picture,
  first: number,
  count: number,
  { channels, background }: SquareForm,
): Float64Array {
  const row = new Float64Array(count * channels);
  for (let x = 0; x < count; x++) {
    const at = 4 * (first + x);
    const opacity = rgba[at + 3] / 255;
    const level = (channel: number): number =>
      opacity * (rgba[at + channel] / 127.5 - 1) + (1 - opacity) * background;
    if (channels === 1) row[x] = luma(level(0), level(1), level(2));
    else for (let c = 0; c < 3; c++) row[3 * x + c] = level(c);
  }
  return row;
}

/** ITU-R BT.709, item 3.2. Of equal numbers it is that number, but for rounding. */
const luma = (red: number, green: number, blue: number): number =>
  0.2126 * red + 0.7152 * green + 0.0722 * blue;

/** A number of the result as a weighted sum of neighbours: the first of them, and what each counts. */
interface Tap {
  readonly first: number;
  readonly weights: readonly number[];
}

/** How `from` numbers become `to`: both fill the same length. */
function resampling(from: number, to: number): readonly Tap[] {
  const tap = from > to ? shrinking : growing;
  return Array.from({ length: to }, (_, i) => tap(i, from, to));
}

/** The mean over the part of the length that the result's pixel covers. */
function shrinking(i: number, from: number, to: number): Tap {
  const [low, high] = [(i * from) / to, ((i + 1) * from) / to];
  const first = Math.floor(low);
  const end = Math.min(from, Math.ceil(high));
  const covered = (j: number): number => (Math.min(high, j + 1) - Math.max(low, j)) / (high - low);
  return { first, weights: Array.from({ length: end - first }, (_, k) => covered(first + k)) };
}

/** On the line between the two nearest pixels; beyond the middle of the last pixel nothing changes. */
function growing(i: number, from: number, to: number): Tap {
  const place = Math.max(0, Math.min(from - 1, ((i + 0.5) * from) / to - 0.5));
  const first = Math.floor(place);
  const share = place - first;
  return { first, weights: share === 0 ? [1] : [1 - share, share] };
}

/** Applies the taps to rows of `width` numbers. */
function resample(
  rows: Float64Array,
  taps: readonly Tap[],
  width: number,
  result: Float32Array | Float64Array,
): void {
  taps.forEach(({ first, weights }, i) => {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k] * rows[(first + k) * width + x];
      result[i * width + x] = sum;
    }
  });
}
