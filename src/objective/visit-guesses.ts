import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { pace } from "../notebook/pace";
import { convertPrediction, type Prediction, type Predictor } from "../prediction";
import { diffuse } from "../process";
import { foldIn, type Seed } from "../random";
import { nextSeed } from "../random/seed";
import type { Schedule } from "../schedule";

/** How a network is asked about many latents. */
export interface GuessOptions {
  /** What the network predicts. */
  readonly predicts?: Prediction;
  /** Holds x̂ within [-1, 1], where all pixels are: the reverse steps then have their means from the clipped x̂ (as Ho et al. 2020 sample).
   * That is a model like any other, and the bound holds for it; samples of which it is to speak must be drawn with clipping, too. */
  readonly clip?: boolean;
  /** How many latents are denoised at once. */
  readonly batch?: number;
  /** The same seed and batch give the same noise. */
  readonly seed?: Seed;
  /** Called after each batch, as for progress; what it returns is awaited. */
  readonly callback?: (state: GuessState) => unknown;
}

/** How many batches are done, and those in all. */
export interface GuessState {
  readonly step: number;
  readonly steps: number;
}

/** x̂ of some latents. */
export interface Guesses {
  /** Index of the first of them. */
  readonly from: number;
  /** Row by row, as many numbers for each as a point has. */
  readonly values: Float32Array;
}

/** Draws a latent for each of the given points and times, and looks at the guesses batch by batch. An interrupt of the cell ends it.
 * @param x data, float32 [points, ...]
 * @param points the index of each latent's point
 * @param times t of each latent
 * @throws RangeError or TypeError for shapes or types that do not fit; RangeError if the network gives NaN or an infinity;
 * InterruptedError */
export async function visitGuesses(
  predict: Predictor,
  x: tf.Tensor,
  schedule: Schedule,
  latents: { readonly points: Int32Array; readonly times: Int32Array },
  options: GuessOptions,
  visit: (guesses: Guesses) => void,
): Promise<void> {
  const { predicts = "noise", clip = true, batch = 64, seed = nextSeed(), callback } = options;
  checkInteger("batch", batch, 1);
  const steps = Math.ceil(latents.times.length / batch);
  const paced = pace();
  for (let step = 1; step <= steps; step++) {
    const from = (step - 1) * batch;
    const times = latents.times.subarray(from, from + batch);
    const points = latents.points.subarray(from, from + batch);
    const guess = tf.tidy(() => {
      const t = tf.tensor1d(times, "int32");
      const z = diffuse(tf.gather(x, tf.tensor1d(points, "int32")), t, schedule, {
        seed: foldIn(seed, step),
      });
      const value = predict(z, t);
      checkShape("The network's result", value.shape, z.shape);
      return convertPrediction(value, { from: predicts, to: "x", z, t, schedule });
    });
    const values = await valuesOf(guess);
    checkGuesses(values, points, times);
    if (clip) clipToUnit(values);
    visit({ from, values });
    await callback?.({ step, steps });
    await paced();
  }
}

/** The tensor's numbers, as an array that may be changed; the tensor is disposed of. */
async function valuesOf(tensor: tf.Tensor): Promise<Float32Array> {
  try {
    return (await tensor.data<"float32">()).slice();
  } finally {
    tensor.dispose();
  }
}

function checkGuesses(values: Float32Array, points: Int32Array, times: Int32Array): void {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const row = Math.floor((bad * points.length) / values.length);
  throw new RangeError(
    `The network's x̂ for point ${points[row]} at t = ${times[row]} has ${String(values[bad])}; all must be finite numbers.`,
  );
}

function clipToUnit(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = Math.min(1, Math.max(-1, values[i]));
}
