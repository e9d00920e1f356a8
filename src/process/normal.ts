import { tf } from "../backend/tf";
import { checkShape, checkType } from "../errors";
import { randomNormal, type Seed } from "../random";

/** A normal distribution with the same variance in every direction: N(mean, variance · I). */
export interface Normal<R extends tf.Rank = tf.Rank> {
  readonly mean: tf.Tensor<R>;
  /** A scalar, or [batch, 1, …, 1] where each sample has its own t. */
  readonly variance: tf.Tensor;
}

/** Where a draw takes its noise ε ~ N(0, I) from: a tensor of the samples' shape, or a seed. */
export type Noise<R extends tf.Rank = tf.Rank> =
  { readonly noise: tf.Tensor<R>; readonly seed?: never } | { readonly seed?: Seed; readonly noise?: never };

/** The noise itself.
 * @throws RangeError if a given tensor has another shape than the samples */
export function noiseFor<R extends tf.Rank>(samples: tf.Tensor<R>, source: Noise<R>): tf.Tensor<R> {
  if (!source.noise) return randomNormal<R>(samples.shape, source.seed);
  checkShape("noise", source.noise.shape, samples.shape);
  return source.noise;
}

/** @throws TypeError unless the samples are numbers that can carry noise */
export function checkSamples(name: string, samples: tf.Tensor): void {
  checkType(name, samples, "float32");
}
