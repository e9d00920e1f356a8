import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import type { Seed } from "../random";
import { normalValues, uniformValues } from "../random/distributions";
import { foldIn, nextSeed, seedWords } from "../random/seed";

/** A distribution of points in the plane, with a mean of about 0 and a variance of about 1 along both axes. */
export interface PlaneData {
  readonly name: string;
  /** Draws points, [count, 2] float32; the same ones for the same seed.
   * @throws RangeError if `count` is not a whole number above 0, or for a bad seed */
  readonly sample: (count: number, seed?: Seed) => tf.Tensor2D;
  /** Where plots end: coordinates lie within ± extent, noise included, but for one point in ten thousand. */
  readonly extent: number;
}

/** Standard deviation of the normal noise added to each coordinate of {@link swissRoll}; its turns are 0.9 apart. */
export const swissRollNoise = 0.05;

/** Standard deviation of the normal noise added to each coordinate of {@link moons}, which are 0.9 apart. */
export const moonsNoise = 0.1;

/** A spiral of one and a half turns, (φ cos φ, φ sin φ) for φ uniform from 3π/2 to 9π/2, moved and shrunk, with noise:
 * the roll of Marsland's "Machine Learning: An Algorithmic Perspective", ch. 6, seen from its end. */
export const swissRoll: PlaneData = noisyCurve("swiss roll", rollAt, swissRollNoise, 2.3);

/** Two half circles of equal weight, each with an end inside the other, stretched to half ellipses, with noise. */
export const moons: PlaneData = noisyCurve("moons", moonAt, moonsNoise, 2.2);

/** Uniform on the eight dark fields of a board of 4 × 4 fields, of which the lower left one is dark. No noise. */
export const checkerboard: PlaneData = Object.freeze<PlaneData>({
  name: "checkerboard",
  extent: 1.8,
  sample: (count, seed = nextSeed()) => {
    checkInteger("count", count, 1);
    const [across, up, half] = [0, 1, 2].map((k) => uniformValues(seedWords(foldIn(seed, k)), count));
    return tensorOf(count, (i) => {
      const column = Math.floor(4 * across[i]);
      const row = 2 * Math.floor(2 * half[i]) + (column % 2);
      return [onBoard(across[i]), onBoard((row + up[i]) / 4)];
    });
  },
});

type Point = readonly [x: number, y: number];

/** Points spread over a curve by a number uniform on [0, 1), plus normal noise. */
function noisyCurve(name: string, at: (share: number) => Point, noise: number, extent: number): PlaneData {
  const sample = (count: number, seed: Seed = nextSeed()): tf.Tensor2D => {
    checkInteger("count", count, 1);
    const shares = uniformValues(seedWords(foldIn(seed, 0)), count);
    const [noiseX, noiseY] = [1, 2].map((k) => normalValues(seedWords(foldIn(seed, k)), count));
    return tensorOf(count, (i) => {
      const [x, y] = at(shares[i]);
      return [x + noise * noiseX[i], y + noise * noiseY[i]];
    });
  };
  return Object.freeze<PlaneData>({ name, extent, sample });
}

/** The roll's mean and variances are integrals of φ cos φ, φ² cos² φ and so on. One divisor for both axes keeps it round:
 * the variances are 0.95 and 1.05. */
function rollAt(share: number): Point {
  const angle = Math.PI * (1.5 + 3 * share);
  const [meanX, meanY] = [2, 2 / (3 * Math.PI)];
  const deviation = Math.sqrt(4.875 * Math.PI ** 2 - (meanX ** 2 + meanY ** 2) / 2);
  return [(angle * Math.cos(angle) - meanX) / deviation, (angle * Math.sin(angle) - meanY) / deviation];
}

/** The upper moon, (cos φ, sin φ), for shares below a half; the lower one, (1 - cos φ, 1/2 - sin φ), above it. */
function moonAt(share: number): Point {
  const angle = 2 * Math.PI * (share % 0.5);
  const [x, y] = [Math.cos(angle), Math.sin(angle)];
  return share < 0.5 ? standardMoon(x, y) : standardMoon(1 - x, 0.5 - y);
}

function standardMoon(x: number, y: number): Point {
  return [(x - 1 / 2) / Math.sqrt(3 / 4), (y - 1 / 4) / Math.sqrt(9 / 16 - 1 / Math.PI)];
}

/** From [0, 1) to the board, as wide as makes the variance, width² / 12, equal to 1. */
function onBoard(share: number): number {
  return Math.sqrt(12) * (share - 0.5);
}

function tensorOf(count: number, point: (i: number) => Point): tf.Tensor2D {
  const values = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) values.set(point(i), 2 * i);
  return tf.tensor2d(values, [count, 2]);
}
