import type { tf } from "../backend/tf";
import type { Details } from "../checkpoint";
import type { Parameters } from "../network/parameters";

/** What lies between encoder and decoder, and keeps latents simple: a value, to be chosen among the options of an autoencoder. */
export interface Bottleneck {
  /** Channels of a latent. */
  readonly channels: number;
  /** Those that the encoder gives for it. */
  readonly encoded: number;
  /** What tells it from others, for a file. */
  readonly details: Details;
  /** Adds its parameters to those of a network. */
  readonly make: (parameters: Parameters) => MadeBottleneck;
}

/** A bottleneck within a network. All tensors are float32 [batch, height, width, …]. */
export interface MadeBottleneck {
  /** The latent, from what the encoder gave; nothing about it is left to chance. */
  readonly latent: (encoded: tf.Tensor, values: readonly tf.Tensor[]) => tf.Tensor;
  /** What the decoder is given for a latent. */
  readonly settle: (latent: tf.Tensor, values: readonly tf.Tensor[]) => tf.Tensor;
  /** While training: what the decoder is given, perhaps with chance, and what the latents cost. */
  readonly learn: (encoded: tf.Tensor, values: readonly tf.Tensor[]) => Learning;
  /** What is to be told of how latents are used, by name, as scalars. */
  readonly describe: (
    encoded: tf.Tensor,
    values: readonly tf.Tensor[],
  ) => Readonly<Record<string, tf.Scalar>>;
  /** What it keeps count of besides parameters, by name. */
  readonly counted: Readonly<Record<string, tf.Variable>>;
  /** Looks after its parameters; to be called after each step of training. */
  readonly lookAfter: (encoded: tf.Tensor, parameters: readonly tf.Variable[]) => void;
}

export interface Learning {
  readonly settled: tf.Tensor;
  /** What the loss gets added: a scalar. */
  readonly penalty: tf.Scalar;
}
