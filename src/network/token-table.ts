import { tf } from "../backend/tf";
import { dense, embedding } from "../layers";
import type { Parameters } from "./parameters";

/** A learned vector for each token, all of the same length: √channels, so that their numbers have a mean square of 1, like noise.
 *
 * Left free, the table would break the loss from both sides (Dieleman et al. 2022, "Continuous diffusion for categorical data",
 * normalise for the same reason): a denoiser has the least to do if all vectors are 0, and noise does no harm if they are huge. */
export interface TokenTable {
  /** float32 [vocabulary, channels], each row of the length √channels. */
  readonly rows: (values: readonly tf.Tensor[]) => tf.Tensor2D;
  /** The vectors of tokens, float32 [batch, length, channels].
   * @param tokens int32 [batch, length] */
  readonly embed: (tokens: tf.Tensor, values: readonly tf.Tensor[]) => tf.Tensor3D;
  /** Σ_w p_w e_w, the mean of all vectors by probabilities: float32 [batch, length, channels].
   * @param probabilities float32 [batch, length, vocabulary] */
  readonly mean: (probabilities: tf.Tensor, values: readonly tf.Tensor[]) => tf.Tensor3D;
}

export function tokenTable(
  parameters: Parameters,
  name: string,
  { vocabulary, channels }: { readonly vocabulary: number; readonly channels: number },
): TokenTable {
  const table = parameters.normal(`${name}/table`, [vocabulary, channels], 1);
  const rows: TokenTable["rows"] = (values) => {
    const free = table(values);
    const squares = tf.mean(tf.square(free), 1, true);
    return tf.mul(free, tf.rsqrt(tf.add(squares, tiny)));
  };
  return {
    rows,
    embed: (tokens, values) => embedding(tokens, rows(values)) as tf.Tensor3D,
    mean: (probabilities, values) => dense(probabilities, rows(values)) as tf.Tensor3D,
  };
}

/** So that a row of zeros stays one. */
const tiny = 1e-12;

/** The token whose vector is nearest to each vector of x. Since all have the same length, it is the one with the largest product, and x
 * may be z_t as it is, of any scale.
 * @param x float32 [batch, length, channels]
 * @param rows of a {@link TokenTable}
 * @returns int32 [batch, length] */
export const nearestTokens = (x: tf.Tensor, rows: tf.Tensor): tf.Tensor2D =>
  tf.tidy(() => tf.argMax<tf.Tensor2D>(dense(x, tf.transpose(rows)), 2));
