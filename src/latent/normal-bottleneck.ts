import { tf } from "../backend/tf";
import { checkInteger, checkNumber } from "../errors";
import { standardNormalKl } from "../objective";
import { randomNormal } from "../random";
import type { Bottleneck } from "./bottleneck";

export interface NormalBottleneckOptions {
  /** Channels of a latent. */
  readonly channels: number;
  /** What the KL divergence counts, beside a reconstruction error that is a mean over numbers; it is small where images are to come back in
   * detail. */
  readonly weight?: number;
}

/** Latents as in a variational autoencoder (Kingma & Welling 2014): the encoder gives mean μ and log σ² of each number, and the decoder learns
 * from a draw μ + σε (their equation 10), which gradients go through. KL(N(μ, σ²) ‖ N(0, 1)) is what latents cost. A small weight, as for
 * latent diffusion (Rombach et al. 2022, section 3.1: "KL-reg."), only keeps them from growing and from needing endless precision; that
 * they look like N(0, I) is left to the diffusion. Used, the latent is μ.
 * @throws RangeError for channels that are no whole number, or a weight below 0 */
export function normalBottleneck({ channels, weight = 1e-3 }: NormalBottleneckOptions): Bottleneck {
  checkInteger("channels", channels, 1);
  checkNumber("weight", weight, 0);
  return {
    channels,
    encoded: 2 * channels,
    details: { kind: "normal", channels, weight },
    make: () => ({
      latent: (encoded) => meanAndLogVariance(encoded)[0],
      settle: (latent) => latent,
      learn: (encoded) => {
        const [mean, logVariance] = meanAndLogVariance(encoded);
        const deviation = tf.exp(logVariance.mul(0.5));
        const drawn = mean.add(deviation.mul(randomNormal(mean.shape as [number])));
        return { settled: drawn, penalty: standardNormalKl(mean, logVariance).mul(weight) };
      },
      describe: (encoded) => ({
        "KL, bits per latent number": standardNormalKl(...meanAndLogVariance(encoded)).div(Math.LN2),
      }),
      counted: {},
      lookAfter: () => undefined,
    }),
  };
}

/** Each [batch, height, width, channels]; the variance is kept where its numbers are finite. */
function meanAndLogVariance(encoded: tf.Tensor): [mean: tf.Tensor, logVariance: tf.Tensor] {
  const [mean, logVariance] = tf.split(encoded, 2, 3);
  return [mean, tf.clipByValue(logVariance, -30, 20)];
}
