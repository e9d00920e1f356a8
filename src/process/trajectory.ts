import { tf } from "../backend/tf";
import { checkFiniteTensor, checkInteger } from "../errors";
import { pace } from "../notebook/pace";
import { foldIn, type Seed } from "../random";
import { nextSeed } from "../random/seed";
import type { Schedule } from "../schedule";
import { forwardStep } from "./forward";

/** Settings of {@link trajectory}. */
export interface TrajectoryOptions {
  /** The times whose latents are wanted, from 0 (x itself) to T, in any order; all of 0 … T if omitted. */
  readonly at?: readonly number[];
  readonly seed?: Seed;
}

/** Runs the forward process by single steps, z_0 = x, z_1, …, z_T, and keeps the latents at the wanted times: one path
 * for each sample, where {@link diffuse} draws each time afresh. An interrupt of the cell ends it.
 * @param x data, float32 of any shape
 * @returns one tensor of the shape of x for each time in `at`; the caller disposes of them
 * @throws RangeError for NaN or an infinity in x, or a time outside 0 … T */
export async function trajectory<R extends tf.Rank>(
  x: tf.Tensor<R>,
  schedule: Schedule,
  { at, seed = nextSeed() }: TrajectoryOptions = {},
): Promise<tf.Tensor<R>[]> {
  const times = at ?? Array.from({ length: schedule.steps + 1 }, (_, t) => t);
  times.forEach((t, i) => {
    checkInteger(`at[${i}]`, t, 0, schedule.steps);
  });
  await checkFiniteTensor("x", x);
  const kept = new Map<number, tf.Tensor<R>>();
  try {
    await walk(x, schedule, Math.max(0, ...times), seed, (z, t) => {
      if (times.includes(t)) kept.set(t, z.clone());
    });
    return times.map((t) => kept.get(t)!.clone());
  } finally {
    tf.dispose([...kept.values()]);
  }
}

async function walk<R extends tf.Rank>(
  x: tf.Tensor<R>,
  schedule: Schedule,
  last: number,
  seed: Seed,
  visit: (z: tf.Tensor<R>, t: number) => void,
): Promise<void> {
  let z = x.clone();
  const paced = pace();
  try {
    visit(z, 0);
    for (let t = 1; t <= last; t++) {
      const next = tf.tidy(() => forwardStep(z, t, schedule, { seed: foldIn(seed, t) }));
      z.dispose();
      z = next;
      visit(z, t);
      await paced();
    }
  } finally {
    z.dispose();
  }
}
