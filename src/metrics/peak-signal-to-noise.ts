import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";

/** The peak signal-to-noise ratio of images that are to be like others, in decibels: 10 log₁₀(4 / MSE), where 2 is the distance from black to
 * white, and MSE the mean squared error over all numbers. 6 dB more halve the error; above about 35 dB it is hardly seen.
 * @param images float32 [batch, ...], from -1 to 1
 * @param wanted float32 of the same shape
 * @returns Infinity for equal images
 * @throws RangeError for shapes that differ, or no images */
export function peakSignalToNoise(images: tf.Tensor, wanted: tf.Tensor): number {
  checkShape("images", images.shape, wanted.shape);
  checkInteger("the number of images", images.shape[0] ?? 0, 1);
  const error = tf.tidy(() => tf.mean(tf.square(tf.sub(images, wanted))).dataSync()[0]);
  return 10 * Math.log10(4 / error);
}
