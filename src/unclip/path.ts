import { tf } from "../backend/tf";
import { checkInteger, checkNumber } from "../errors";
import { ddim } from "../sampling";
import { decode, type DecodeOptions } from "./decode";
import type { Unclip } from "./models";

/** Where paths are shown: at the beginning, at three places between, and at the end. */
export const evenShares: readonly number[] = [0, 0.25, 0.5, 0.75, 1];

export function checkShares(shares: readonly number[]): void {
  checkInteger("the number of shares", shares.length, 1);
  shares.forEach((share, i) => {
    checkNumber(`shares[${i}]`, share, 0, 1);
  });
}

/** Both parts of images' latents. */
export interface PathPoint {
  /** float32 [count, features]. */
  readonly embeddings: tf.Tensor2D;
  /** float32 [count, size, size, channels]. */
  readonly noise: tf.Tensor4D;
}

/** Images along paths of latents, by DDIM without noise of its own: what changes is what the latents change.
 * @param at the latents at a share of the way
 * @returns float32 [count · shares, size, size, channels]: one path after the other */
export async function decodePaths(
  decoder: Unclip["decoder"],
  shares: readonly number[],
  at: (share: number) => PathPoint,
  options: DecodeOptions,
): Promise<tf.Tensor4D> {
  const [embeddings, start] = tf.tidy(() => {
    const points = shares.map(at);
    return [
      pathByPath(points.map((point) => point.embeddings)),
      pathByPath(points.map((point) => point.noise)),
    ];
  });
  try {
    return await decode(decoder, embeddings as tf.Tensor2D, { ...options, start, sampler: ddim });
  } finally {
    tf.dispose([embeddings, start]);
  }
}

/** Of tensors [count, ...] for each share one [count · shares, ...]. */
function pathByPath(points: readonly tf.Tensor[]): tf.Tensor {
  const [count, ...sample] = points[0].shape;
  return tf.stack([...points], 1).reshape([count * points.length, ...sample]);
}
