import type { tf } from "../backend/tf";

/** A network with parameters, f_θ(z_t, t). */
export interface Network {
  /** θ, in an order that stays. */
  readonly parameters: readonly tf.Variable[];
  /** f_θ(z_t, t), of the shape of z.
   * @param z float32 [batch, ...]
   * @param t int32 [batch], from 1 to T
   * @param parameters others in the place of θ, such as their moving averages */
  readonly predict: (z: tf.Tensor, t: tf.Tensor, parameters?: readonly tf.Tensor[]) => tf.Tensor;
  /** Frees the parameters. */
  dispose(): void;
}
