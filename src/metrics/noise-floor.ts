import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { pace } from "../notebook/pace";
import { foldIn, type Seed } from "../random";
import { nextSeed } from "../random/seed";
import { drawnIndices } from "./drawn";
import { sampleMoments } from "./sample-moments";

/** A distance of two samples, [n, d] and [m, d]: a number, or an estimate that has one. */
export type SampleDistance = (a: tf.Tensor2D, b: tf.Tensor2D) => Measured | Promise<Measured>;

type Measured = number | { readonly distance: number };

/** Options of {@link noiseFloor}. */
export interface NoiseFloorOptions {
  /** n: how many of the data are drawn to stand for generated ones. Half of the data if omitted. */
  readonly size?: number;
  /** What they are compared with: so many others of the data, drawn anew each time; or a sample of the same source,
   * [N, d], of which nothing is among the data. As many as `size` if omitted. */
  readonly reference?: number | tf.Tensor2D;
  /** How often; 20 if omitted. */
  readonly repeats?: number;
  readonly seed?: Seed;
}

/** What a distance is where there is nothing to find. */
export interface NoiseFloor {
  readonly mean: number;
  /** How much one measurement scatters, and not the error of the mean. */
  readonly standardDeviation: number;
  /** The distance of each repeat. */
  readonly values: Float64Array;
}

/** The noise floor of a distance: what it is between two finite samples of one source, here real data against real data.
 * A generator that were perfect would reach this number, not 0.
 *
 * The floor is fair where everything is as it was for the generated samples, but for their source:
 *
 * - The sizes. For n generated images against N real ones take `size: n` and `reference: N`. A biased distance, such as
 *   Fréchet's, falls about as 1/n + 1/N, so that halves of another size have another floor; an unbiased one has the floor 0, and
 *   what counts is its standard deviation. If there are fewer than n + N real images, generate fewer.
 * - The reference. If all generated samples are compared with one set, give that set: its own luck then is in the floor too.
 * - The images' history. Take such as neither the generator nor the network that makes the features has learned from.
 *   Compared with its training data, a generator that copies it can be below the floor.
 *
 * Two disjoint draws from the same data scatter as fresh data would (it is how a permutation test finds its distribution).
 * Draws against a given reference overlap, and their standard deviation is too small by √(1 - size / number of data): have
 * several times as many data as `size`.
 * @param distance such as `frechetDistance`, `kernelDistance` or `energyDistance`
 * @param data float32 [M, d]: real data, or their features
 * @throws RangeError if there are not enough data, or a number of repeats below 2; what `distance` throws
 * @throws InterruptedError after an interrupt of the cell */
export async function noiseFloor(
  distance: SampleDistance,
  data: tf.Tensor2D,
  options: NoiseFloorOptions = {},
): Promise<NoiseFloor> {
  const rows = data.shape[0];
  const { size = Math.floor(rows / 2), repeats = 20, seed = nextSeed() } = options;
  const { reference = size } = options;
  checkSizes(rows, size, reference);
  checkInteger("repeats", repeats, 2);
  const paced = pace();
  const values = new Float64Array(repeats);
  for (let repeat = 0; repeat < repeats; repeat++) {
    values[repeat] = await measure(distance, data, { size, reference, seed: foldIn(seed, repeat) });
    await paced();
  }
  return { ...sampleMoments(values), values };
}

async function measure(
  distance: SampleDistance,
  data: tf.Tensor2D,
  { size, reference, seed }: Required<Omit<NoiseFloorOptions, "repeats">>,
): Promise<number> {
  const others = typeof reference === "number" ? reference : 0;
  const indices = drawnIndices(data.shape[0], size + others, seed);
  const rows = (from: number, to: number): tf.Tensor2D => tf.gather(data, indices.subarray(from, to));
  const drawn = rows(0, size);
  const compared = typeof reference === "number" ? rows(size, size + others) : reference;
  try {
    const found = await distance(drawn, compared);
    return typeof found === "number" ? found : found.distance;
  } finally {
    drawn.dispose();
    if (compared !== reference) compared.dispose();
  }
}

function checkSizes(rows: number, size: number, reference: number | tf.Tensor2D): void {
  checkInteger("size", size, 1);
  if (typeof reference === "number") checkInteger("reference", reference, 1);
  const drawn = typeof reference === "number" ? size + reference : size;
  if (drawn <= rows) return;
  const what = typeof reference === "number" ? `size + reference is ${drawn}` : `size is ${drawn}`;
  throw new RangeError(`${what}, but data has ${rows} rows; draw fewer.`);
}
