import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import type { Denoiser } from "../prediction";
import { foldIn } from "../random";
import { nextSeed, seedWords } from "../random/seed";
import type { SamplingState } from "../sampling";
import type { Schedule } from "../schedule";
import { outpaintPlan } from "./outpaint-plan";
import { repaint, type RepaintOptions } from "./repaint";
import { checkedWindows, type Windows } from "./windows";

export interface OutpaintOptions extends Omit<RepaintOptions, "callback">, Windows {
  /** Columns to add on the left, and on the right. */
  readonly left?: number;
  readonly right?: number;
  readonly callback?: (state: OutpaintState) => unknown;
}

/** Where {@link outpaint} is: in a window, of which `z` and `guess` are, and of which step counts go on over all windows. */
export interface OutpaintState extends SamplingState {
  /** The whole picture, [batch, height, new width, channels]: 0 where nothing is finished yet. */
  readonly canvas: tf.Tensor4D;
  /** The canvas's column at which the window begins. */
  readonly start: number;
}

/** Continues pictures to the left and right, window by window: each one begins with columns that are known, and
 * {@link repaint} makes the others, which the next window then knows (lecture, "Panorama completion"; Saharia et al. 2022,
 * "Palette", section 5.4). What is made once stays; where all windows are to agree at every step instead, use
 * {@link windowed}.
 * @param x float32 [batch, height, width, channels], of any width
 * @param options.window the width that the denoiser knows
 * @param options.overlap columns that a window knows already, at least, if there are as many
 * @returns [batch, height, left + width + right, channels], bit for bit x in its place; the caller disposes of it
 * @throws RangeError or TypeError for a shape, numbers or times that do not fit, or if the result is narrower than a window;
 *   InterruptedError */
export async function outpaint(
  denoise: Denoiser,
  x: tf.Tensor4D,
  schedule: Schedule,
  { left = 0, right = 0, window, overlap, callback, seed = nextSeed(), ...options }: OutpaintOptions,
): Promise<tf.Tensor4D> {
  checkShape("x", x.shape, [null, null, null, null]);
  checkInteger("left", left, 0);
  checkInteger("right", right, 0);
  const windows = checkedWindows({ window, ...(overlap !== undefined && { overlap }) });
  const plan = outpaintPlan(x.shape[2], { left, right, ...windows });
  const words = seedWords(seed);
  const sides: [number, number][] = [
    [0, 0],
    [0, 0],
    [left, right],
    [0, 0],
  ];
  let canvas = tf.pad(x, sides);
  try {
    for (const [k, { start, from, to }] of plan.entries()) {
      const report = (state: SamplingState): unknown =>
        callback?.({
          ...state,
          step: k * state.steps + state.step,
          steps: plan.length * state.steps,
          canvas,
          start,
        });
      const part = canvas.slice([0, 0, start, 0], [-1, -1, window, -1]);
      const mask = columnMask(window, from, to);
      try {
        const own = { ...options, seed: foldIn(words, k), callback: report };
        const made = await repaint(denoise, part, mask, schedule, own);
        const before = canvas;
        canvas = withWindow(before, made, start);
        tf.dispose([before, made]);
      } finally {
        tf.dispose([part, mask]);
      }
    }
    return canvas.clone();
  } finally {
    canvas.dispose();
  }
}

/** 1 for the columns from one up to another, 0 for the others: [1, columns, 1]. */
function columnMask(columns: number, from: number, to: number): tf.Tensor {
  const known = Array.from({ length: columns }, (_, i) => (from <= i && i < to ? 1 : 0));
  return tf.tensor3d(known, [1, columns, 1]);
}

function withWindow(canvas: tf.Tensor4D, window: tf.Tensor, start: number): tf.Tensor4D {
  return tf.tidy(() => {
    const columns = (from: number, count: number): tf.Tensor4D =>
      canvas.slice([0, 0, from, 0], [-1, -1, count, -1]);
    const end = start + window.shape[2]!;
    return tf.concat([columns(0, start), window as tf.Tensor4D, columns(end, -1)], 2);
  });
}
