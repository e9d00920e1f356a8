import type { tf } from "../backend/tf";
import { pace } from "../notebook/pace";
import type { Predictor } from "../prediction";
import type { Schedule } from "../schedule";
import { logMassOfBin } from "./discrete-decoder";
import { discreteImages, type DiscreteImages } from "./discrete-images";
import { visitGuesses, type GuessOptions } from "./visit-guesses";

/** The variance of the discrete decoder with which images cost the fewest bits, for `bitsPerDimension`: about the mean square of x - x̂(z_1, 1),
 * or next to nothing where x̂ tells all pixels. It belongs to the model, as what was learned does: choose it on images to learn from,
 * and measure others by it. A few dozen images will do. The network is called once for each; the search looks at all pixels about 30
 * times. An interrupt of the cell ends it.
 * @param predict as for `bitsPerDimension`, and with the same options
 * @param x images, float32 [batch, ...], with pixels of `levels` equally spaced values in [-1, 1]
 * @throws RangeError for a pixel between the levels, naming it, and for options that do not fit; InterruptedError */
export async function bestDecoderVariance(
  predict: Predictor,
  x: tf.Tensor,
  schedule: Schedule,
  { levels = 256, ...options }: GuessOptions & { readonly levels?: number } = {},
): Promise<number> {
  const images = await discreteImages(x, levels);
  const guesses = new Float32Array(images.pixels.length);
  const latents = {
    points: Int32Array.from({ length: images.count }, (_, i) => i),
    times: new Int32Array(images.count).fill(1),
  };
  await visitGuesses(predict, x, schedule, latents, options, ({ from, values }) => {
    guesses.set(values, from * images.size);
  });
  // From where a bin holds all of the mass to a distribution that is nearly even on [-1, 1].
  const [least, most] = [1 / (16 * (levels - 1)), 4];
  const paced = pace();
  const best = await lowestPoint(Math.log2(least), Math.log2(most), async (logDeviation) => {
    await paced();
    return totalNats(images, guesses, 2 ** logDeviation);
  });
  return 4 ** best;
}

function totalNats({ pixels, values }: DiscreteImages, guesses: Float32Array, deviation: number): number {
  let nats = 0;
  for (let i = 0; i < pixels.length; i++)
    nats -= logMassOfBin(pixels[i], guesses[i], deviation, values.length);
  return nats;
}

/** Where a function is least: the lowest of points at distances of about 1, then the golden section between its neighbours. */
async function lowestPoint(
  from: number,
  to: number,
  height: (x: number) => Promise<number>,
): Promise<number> {
  const parts = Math.ceil(to - from);
  const points = Array.from({ length: parts + 1 }, (_, i) => from + ((to - from) * i) / parts);
  const heights: number[] = [];
  for (const point of points) heights.push(await height(point));
  const lowest = heights.indexOf(Math.min(...heights));
  let [low, high] = [points[Math.max(0, lowest - 1)], points[Math.min(parts, lowest + 1)]];
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [atLeft, atRight] = [await height(left), await height(right)];
  while (high - low > 1e-3) {
    if (atLeft <= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - golden * (high - low);
      atLeft = await height(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + golden * (high - low);
      atRight = await height(right);
    }
  }
  return (low + high) / 2;
}

const golden = (Math.sqrt(5) - 1) / 2;
