import type { tf } from "../backend/tf";
import type { Conditions } from "./conditioning/check-told";

/** What a network is told besides z_t and t. */
export interface Condition {
  /** The class of each sample, int32 [batch]; the number of classes itself stands for "none given", as if omitted. */
  readonly labels?: tf.Tensor | undefined;
  /** Numbers about each sample, float32 [batch, n]; zeros stand for "none given", as if omitted. */
  readonly vector?: tf.Tensor | undefined;
  /** The caption of each sample, int32 [batch, length], as a `Tokenizer` gives it; the start alone stands for "none given", as if omitted. */
  readonly tokens?: tf.Tensor | undefined;
  /** An image beside each sample, float32 [batch, height, width, n]; zeros stand for "none given", as if omitted. */
  readonly image?: tf.Tensor | undefined;
}

export interface PredictOptions {
  /** Others in the place of θ, such as their moving averages. */
  readonly parameters?: readonly tf.Tensor[];
  /** For a network that takes one. */
  readonly condition?: Condition;
  /** Whether dropout is on. */
  readonly training?: boolean;
  /** Called with what each part of a U-Net gives, by the part's name, and with how its pixels attend to each other, or to the
   * words of a caption, as `…/weights`, [batch, heads, pixels, pixels or tokens]: to look inside. The tensors are disposed of after `predict`; `tf.keep` those to look at later. */
  readonly watch?: (name: string, value: tf.Tensor) => void;
}

/** A network with parameters, f_θ(z_t, t). */
export interface Network {
  /** θ, in an order that stays. */
  readonly parameters: readonly tf.Variable[];
  /** Their names, in the same order: what a checkpoint knows them by. */
  readonly names: readonly string[];
  /** f_θ(z_t, t), of the shape of z.
   * @param z float32 [batch, ...]
   * @param t int32 [batch], from 1 to T */
  readonly predict: (z: tf.Tensor, t: tf.Tensor, options?: PredictOptions) => tf.Tensor;
  /** Frees the parameters. */
  dispose(): void;
}

/** A network for samples of one shape that can be told something of them. */
export interface ToldNetwork extends Network {
  /** Of a sample, such as [height, width, channels]. */
  readonly shape: readonly number[];
  /** What it can be told. */
  readonly conditions: Conditions;
}
