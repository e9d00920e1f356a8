import { checkInteger, checkNumber } from "../errors";
import { logNormalMass } from "./log-normal-mass";
import type { NormalParameters } from "./normal-kl";

/** The values of a pixel: as many, equally spaced, from -1 to 1.
 * @throws RangeError unless there are 2 to 65,536 */
export function levelValues(levels: number = 256): Float64Array {
  checkInteger("levels", levels, 2, 65_536);
  return Float64Array.from({ length: levels }, (_, level) => (2 * level) / (levels - 1) - 1);
}

/** log P(x | z_1) of the discrete decoder, for one pixel: the mass of a normal distribution, with x̂ as its mean, in the bin of the
 * pixel's value. Bins reach half-way to the neighbours, those at the ends to ±∞, so that the probabilities of all levels add up to 1
 * (Ho et al. 2020, equation 13).
 * @param level 0 for the value -1, levels - 1 for the value 1
 * @returns nats, at most 0
 * @throws RangeError for a bad number, naming it */
export function logLevelProbability(
  level: number,
  { mean, variance }: NormalParameters,
  levels: number = 256,
): number {
  checkInteger("levels", levels, 2, 65_536);
  checkInteger("level", level, 0, levels - 1);
  checkNumber("mean", mean);
  checkNumber("variance", variance, Number.MIN_VALUE);
  return logMassOfBin(level, mean, Math.sqrt(variance), levels);
}

/** {@link logLevelProbability} without checks, for loops over pixels. */
export function logMassOfBin(level: number, mean: number, deviation: number, levels: number): number {
  const lower = level === 0 ? -Infinity : ((2 * level - 1) / (levels - 1) - 1 - mean) / deviation;
  const upper = level === levels - 1 ? Infinity : ((2 * level + 1) / (levels - 1) - 1 - mean) / deviation;
  return logNormalMass(lower, upper);
}
