import { tf } from "../backend/tf";
import { checkNumber } from "../errors";

/** Gives each guided x̂ a part of the conditional one's contrast back: it is scaled to the standard deviation of the conditional
 * x̂, and mixed with what it was (Lin et al. 2024, "Common diffusion noise schedules and sample steps are flawed", equations 15
 * and 16, there for what the network predicts).
 * @param share φ, of the scaled one in the mixture, from 0 to 1
 * @throws RangeError for a share that is no such number */
export function rescaled(guided: tf.Tensor, conditional: tf.Tensor, share: number): tf.Tensor {
  checkNumber("rescale", share, 0, 1);
  return tf.tidy(() => {
    const ratio = deviation(conditional).div(deviation(guided));
    return guided.mul(ratio.mul(share).add(1 - share));
  });
}

/** Dynamic thresholding (Saharia et al. 2022, "Photorealistic text-to-image diffusion models with deep language understanding",
 * section 2.3): s is a percentile of the absolute values of each x̂; where it is above 1, values are kept within ±s, and divided
 * by s. So x̂ keeps to [-1, 1] without many values at its ends.
 * @param x float32 [batch, ...]
 * @param share of the values of a sample that stay as they are, such as .995: from 0 to 1
 * @throws RangeError for a share that is no such number */
export function dynamicThreshold(x: tf.Tensor, share: number): tf.Tensor {
  checkNumber("threshold", share, 0, 1);
  return tf.tidy(() => {
    const bound = tf.maximum(1, absoluteQuantile(x, share));
    return tf.minimum(bound, tf.maximum(bound.neg(), x)).div(bound);
  });
}

/** The standard deviation of each sample, [batch, 1, …]. */
function deviation(x: tf.Tensor): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis).slice(1);
  return tf.moments(x, axes, true).variance.sqrt();
}

/** A quantile of the absolute values of each sample, between two of them in proportion, [batch, 1, …]. */
function absoluteQuantile(x: tf.Tensor, share: number): tf.Tensor {
  const size = x.size / x.shape[0];
  const position = share * (size - 1);
  const below = Math.floor(position);
  const { values } = tf.topk(x.abs().reshape([x.shape[0], size]), size - below);
  const [lower, upper] = [size - below - 1, Math.max(0, size - below - 2)];
  const at = (index: number): tf.Tensor => values.slice([0, index], [-1, 1]);
  const quantile = at(lower)
    .mul(1 - (position - below))
    .add(at(upper).mul(position - below));
  return quantile.reshape([x.shape[0], ...x.shape.slice(1).map(() => 1)]);
}
