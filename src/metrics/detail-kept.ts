import { tf } from "../backend/tf";
import { checkNumber, checkShape } from "../errors";
import { powerSpectrum } from "./power-spectrum";

/** How much of the fine detail of images copies of them have: the power of the copies' brightness at high spatial frequencies by that of the
 * originals'. Blurred copies have less than 1, noisy ones more. It does not tell whether the detail is the right one: see
 * `peakSignalToNoise` for that.
 * @param copies float32 [batch, size, size, channels]
 * @param originals float32 of the same shape
 * @param from where high frequencies begin, in cycles per pixel, up to 1/2
 * @returns NaN for originals without any
 * @throws RangeError for shapes that do not fit, or a frequency that no picture of the size has */
export function detailKept(copies: tf.Tensor4D, originals: tf.Tensor4D, from: number = 1 / 4): number {
  const { shape } = originals;
  checkShape("originals", shape, [null, shape[1], shape[1], null]);
  checkShape("copies", copies.shape, shape);
  checkNumber("from", from, 0, Math.floor(shape[1] / 2) / shape[1]);
  return powerFrom(copies, from) / powerFrom(originals, from);
}

/** Power at frequencies from the given one on, each ring weighted by how many there are in it, which grows with its radius. */
function powerFrom(images: tf.Tensor4D, from: number): number {
  const brightness = tf.tidy(() => tf.mean<tf.Tensor4D>(images, 3, true));
  const { frequency, power } = powerSpectrum(brightness);
  brightness.dispose();
  return frequency.reduce((sum, f, i) => (f >= from ? sum + f * power[i] : sum), 0);
}
