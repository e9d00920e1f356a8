import { tf } from "../backend/tf";
import { checkFiniteTensor, checkInteger } from "../errors";
import { pace } from "../notebook/pace";
import type { Denoiser } from "../prediction";
import { diffuse } from "../process";
import { foldIn, type Seed } from "../random";
import { nextSeed } from "../random/seed";
import type { Schedule } from "../schedule";

/** How far a denoiser is off, at every t: all that the bound needs to know of it. */
export interface DenoisingErrors {
  /** ‖x - x̂(z_t, t)‖² of each point at index t = 1 … T, summed over the numbers of the point; empty at t = 0. */
  readonly squared: readonly ArrayLike<number>[];
  /** ‖x‖² of each point. */
  readonly norms: ArrayLike<number>;
  /** D, how many numbers a point has. */
  readonly size: number;
}

/** Measures the squared error of a denoiser at every t, with one draw of z_t for each point and t. An interrupt of the cell ends it.
 * @param x data, float32 [batch, ...]
 * @param callback called after each t, as for progress; what it returns is awaited
 * @throws RangeError for NaN or an infinity in x; InterruptedError */
export async function denoisingErrors(
  denoise: Denoiser,
  x: tf.Tensor,
  schedule: Schedule,
  { seed = nextSeed(), callback }: { readonly seed?: Seed; readonly callback?: (t: number) => unknown } = {},
): Promise<DenoisingErrors> {
  checkInteger("the number of points", x.shape[0] ?? 0, 1);
  await checkFiniteTensor("x", x);
  const paced = pace();
  const squared: Float32Array[] = [new Float32Array(0)];
  for (let t = 1; t <= schedule.steps; t++) {
    squared.push(
      tf.tidy(() => {
        const z = diffuse(x, t, schedule, { seed: foldIn(seed, t) });
        return normsOf(tf.sub(x, denoise(z, t)));
      }),
    );
    await callback?.(t);
    await paced();
  }
  return { squared, norms: tf.tidy(() => normsOf(x)), size: x.size / x.shape[0] };
}

/** @throws RangeError unless there are errors for 1 … T */
export function checkErrors({ squared }: DenoisingErrors, { steps }: Schedule): void {
  if (squared.length === steps + 1) return;
  throw new RangeError(
    `errors has ${squared.length - 1} times, and the schedule ${steps} steps; measure them with this schedule.`,
  );
}

/** Squared norms of the points. */
function normsOf(points: tf.Tensor): Float32Array {
  return points.square().reshape([points.shape[0], -1]).sum(1).dataSync<"float32">();
}
