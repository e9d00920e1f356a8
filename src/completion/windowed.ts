import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import type { Denoiser } from "../prediction";
import { checkedWindows, windowShares, windowStarts, type Windows } from "./windows";

export interface WindowedOptions extends Windows {
  /** Windows that the denoiser sees at once, each of all pictures; all of them if omitted. With 1 it sees as many pictures as there
   * are, as one for given labels must. */
  readonly batch?: number;
}

/** A denoiser for pictures of any width, out of one for pictures as wide as the window: it guesses each window by itself, and
 * where windows share columns, their guesses are averaged, those near a window's edge with less weight (Bar-Tal et al. 2023,
 * "MultiDiffusion", equation 5, there for the step's result; steps are linear in x̂, so that it comes to the same). All
 * samplers take it, and {@link repaint}. Only the width is free: the height is the one that the denoiser knows.
 * @returns a denoiser of z of the shape [batch, height, width, channels]
 * @throws RangeError for windows that are none; at a call for a z that is narrower than a window, or of another rank */
export function windowed(denoise: Denoiser, options: WindowedOptions): Denoiser {
  const windows = checkedWindows(options);
  const { batch = Infinity } = options;
  if (batch !== Infinity) checkInteger("batch", batch, 1);
  return (z, t) =>
    tf.tidy(() => {
      checkShape("z", z.shape, [null, null, null, null]);
      const width = z.shape[2]!;
      checkInteger("The width of z", width, windows.window);
      if (width === windows.window) return denoise(z, t);
      const starts = windowStarts(width, windows);
      const shares = windowShares(starts, width, windows);
      const parts = guesses(denoise, z as tf.Tensor4D, t, { starts, window: windows.window, batch });
      return tf.addN(parts.map((part, k) => spread(part, shares[k], starts[k], width)));
    });
}

/** x̂ of each window. */
function guesses(
  denoise: Denoiser,
  z: tf.Tensor4D,
  t: number,
  {
    starts,
    window,
    batch,
  }: { readonly starts: readonly number[]; readonly window: number; readonly batch: number },
): tf.Tensor4D[] {
  if (starts.length > batch) {
    const settings = { window, batch };
    return [
      ...guesses(denoise, z, t, { ...settings, starts: starts.slice(0, batch) }),
      ...guesses(denoise, z, t, { ...settings, starts: starts.slice(batch) }),
    ];
  }
  const parts = starts.map((start) => z.slice([0, 0, start, 0], [-1, -1, window, -1]));
  const all = tf.concat(parts, 0);
  const guess = denoise(all, t) as tf.Tensor4D;
  checkShape("The denoiser's result", guess.shape, all.shape);
  return tf.split(guess, starts.length, 0);
}

/** A window's weighted guess in its place, and 0 beside it. */
function spread(guess: tf.Tensor4D, shares: readonly number[], start: number, width: number): tf.Tensor4D {
  const weighted = guess.mul<tf.Tensor4D>(tf.tensor3d([...shares], [1, shares.length, 1]));
  return tf.pad(weighted, [
    [0, 0],
    [0, 0],
    [start, width - start - shares.length],
    [0, 0],
  ]);
}
