import { tf } from "../backend/tf";
import type { Autoencoder } from "./autoencoder";

/** Measures mean and standard deviation of each channel of an autoencoder's latents, and writes them down in its `scale`. A channel that is the
 * same everywhere keeps a deviation of 1.
 * @param latents as `encode` of the network gives them, float32 [count, height, width, channels] */
export function measureScale({ scale }: Pick<Autoencoder, "scale">, latents: tf.Tensor4D): void {
  tf.tidy(() => {
    const { mean, variance } = tf.moments(latents, [0, 1, 2]);
    scale.mean.assign(mean);
    const deviation = tf.sqrt(variance);
    scale.deviation.assign(tf.where(tf.greater(deviation, 0), deviation, tf.onesLike(deviation)));
  });
}
