import { tf } from "../backend/tf";

/** z with its Fourier features beside it: z, sin(2ⁿπz) and cos(2ⁿπz) for each n, along the last dimension (Kingma et al. 2021,
 * "Variational diffusion models", appendix C). Near the data z differs from x by less than a gray level: these waves make such
 * differences large enough for a network to see, which the likelihood of pixels needs.
 * @param z float32 [..., channels]
 * @returns [..., channels · (1 + 2 · exponents)] */
export function fourierFeatures(z: tf.Tensor, exponents: readonly number[]): tf.Tensor {
  if (exponents.length === 0) return z;
  return tf.tidy(() => {
    const waves = exponents.flatMap((n) => {
      const angle = tf.mul(z, 2 ** n * Math.PI);
      return [tf.sin(angle), tf.cos(angle)];
    });
    return tf.concat([z, ...waves], -1);
  });
}
