import { randomNormal, tf } from "diffusion";

/** Independent numbers N(mean, 1), [count, dimension]. */
export const cloud = (count: number, dimension: number, seed: number, mean = 0): tf.Tensor2D =>
  tf.tidy(() => randomNormal<tf.Rank.R2>([count, dimension], seed).add(mean));

/** Points with exactly the mean given, and the covariance diag(deviations²): two for each coordinate. */
export function axes(mean: readonly number[], deviations: readonly number[]): number[][] {
  const reach = Math.sqrt((2 * deviations.length - 1) / 2);
  return deviations.flatMap((deviation, k) =>
    [-1, 1].map((sign) => mean.map((value, l) => (l === k ? value + sign * reach * deviation : value))),
  );
}

/** Mean and standard error of the mean. */
export function meanAndError(values: ArrayLike<number>): {
  mean: number;
  deviation: number;
  error: number;
} {
  const all = Array.from(values);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (all.length - 1));
  return { mean, deviation, error: deviation / Math.sqrt(all.length) };
}

/** Runs work in a cell that the user interrupts when the work asks for it the n-th time; says how often it asked. */
export async function interruptedAt(n: number, work: () => Promise<unknown>): Promise<number> {
  const key = Symbol.for("Jupyter.host");
  const host = globalThis as Record<symbol, unknown>;
  let asked = 0;
  host[key] = { interrupted: () => ++asked >= n };
  try {
    await expect(work()).rejects.toThrow("interrupted");
  } finally {
    Reflect.deleteProperty(host, key);
  }
  return asked;
}
