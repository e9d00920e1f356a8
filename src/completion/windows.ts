import { checkInteger } from "../errors";

/** Windows of one width, each of which shares some columns with the next. */
export interface Windows {
  /** Columns of a window: the width of the pictures that a denoiser knows. */
  readonly window: number;
  /** Columns that two neighbours share, less than the window; half of it if omitted. */
  readonly overlap?: number;
}

/** The settings, complete.
 * @throws RangeError for a window of no column, or an overlap as wide as it */
export function checkedWindows({ window, overlap = Math.floor(window / 2) }: Windows): Required<Windows> {
  checkInteger("window", window, 1);
  checkInteger("overlap", overlap, 0, window - 1);
  return { window, overlap };
}

/** The first column of each window, from left to right. The last one ends at the edge, and shares more if need be.
 * @throws RangeError for windows that do not fit the width or are none */
export function windowStarts(width: number, windows: Windows): number[] {
  const { window, overlap } = checkedWindows(windows);
  checkInteger("width", width, window);
  const stride = window - overlap;
  const count = 1 + Math.ceil((width - window) / stride);
  return Array.from({ length: count }, (_, k) => Math.min(k * stride, width - window));
}

/** How much the windows say of each of their columns: less towards their edges, over the columns that they share, such that all
 * that is said of a column adds up to 1.
 * @returns one list for each window */
export function windowShares(
  starts: readonly number[],
  width: number,
  { window, overlap }: Required<Windows>,
): number[][] {
  const ramp = (column: number): number => Math.min(1, (column + 0.5) / Math.max(1, overlap));
  const weights = Array.from({ length: window }, (_, i) => Math.min(ramp(i), ramp(window - 1 - i)));
  const total = new Float64Array(width);
  for (const start of starts) weights.forEach((weight, i) => (total[start + i] += weight));
  return starts.map((start) => weights.map((weight, i) => weight / total[start + i]));
}
