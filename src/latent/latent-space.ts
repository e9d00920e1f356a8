import type { Precision } from "../backend/bfloat16";
import { tf } from "../backend/tf";
import { compile } from "../compile";
import { checkInteger } from "../errors";
import { pace } from "../notebook/pace";
import type { Autoencoder } from "./autoencoder";

/** Where latent diffusion works: latents of mean 0 and variance 1 in each channel, so that schedules for images fit. */
export interface LatentSpace {
  readonly network: Autoencoder;
  /** Of a latent: [height, width, channels]. */
  readonly shape: Autoencoder["shape"];
  /** Of an image: [size, size, channels]. */
  readonly imageShape: Autoencoder["imageShape"];
  /** (E(x) - mean) / deviation, compiled.
   * @param images float32 [batch, size, size, channels] in [-1, 1] */
  readonly encode: (images: tf.Tensor) => tf.Tensor4D;
  /** D(latents · deviation + mean), kept within [-1, 1], where all images are; compiled.
   * @param latents float32 [batch, height, width, channels] */
  readonly decode: (latents: tf.Tensor) => tf.Tensor4D;
  dispose(): void;
}

/** The latent space of an autoencoder, by the scale that has been measured (Rombach et al. 2022, section D.1: latents are divided by their
 * standard deviation, which is measured on data; here, each channel by its own, with its mean taken off before).
 * @param options.parameters others in the place of the network's own, such as their averages
 * @param options.precision of what is compiled */
export function latentSpace(
  network: Autoencoder,
  {
    parameters = network.parameters,
    precision = "float32",
  }: { readonly parameters?: readonly tf.Tensor[]; readonly precision?: Precision } = {},
): LatentSpace {
  const { mean, deviation } = network.scale;
  const encode = compile(
    (x: tf.Tensor) => tf.div<tf.Tensor4D>(tf.sub(network.encode(x, { parameters }), mean), deviation),
    { precision },
  );
  const decode = compile(
    (latents: tf.Tensor) =>
      tf.clipByValue(network.decode(tf.add(tf.mul(latents, deviation), mean), { parameters }), -1, 1),
    { precision },
  );
  return {
    network,
    shape: network.shape,
    imageShape: network.imageShape,
    encode: (images) => encode(images),
    decode: (latents) => decode(latents),
    dispose() {
      encode.dispose();
      decode.dispose();
      network.dispose();
    },
  };
}

/** Encodes or decodes many images, some at a time.
 * @param step such as `encode` of a latent space
 * @param images float32 [count, height, width, channels]
 * @returns what the step gives of all of them
 * @throws RangeError for a bad size of batches; InterruptedError */
export async function inBatches(
  step: (images: tf.Tensor) => tf.Tensor4D,
  images: tf.Tensor4D,
  { batch = 100 }: { readonly batch?: number } = {},
): Promise<tf.Tensor4D> {
  checkInteger("batch", batch, 1);
  const paced = pace();
  const made: tf.Tensor4D[] = [];
  try {
    for (let from = 0; from < images.shape[0]; from += batch) {
      const size = Math.min(batch, images.shape[0] - from);
      made.push(tf.tidy(() => step(images.slice(from, size))));
      await paced();
    }
    return tf.concat(made);
  } finally {
    tf.dispose(made);
  }
}
