import { checkFinite, checkNumber } from "../errors";
import type { Seed } from "../random";
import type { Schedule } from "../schedule";
import { normalCdf } from "./normal-cdf";
import { logDensityOf, momentsOf, sum, type Component } from "./components";
import { denoised, diffused, reversed, scoreOf } from "./diffused";
import { sampleMixture } from "./sample";

/** Parameters of a mixture of normal distributions on the line, one entry for each component. */
export interface MixtureParameters {
  readonly means: ArrayLike<number>;
  /** Standard deviations (not variances), above 0. */
  readonly deviations: ArrayLike<number>;
  /** Probabilities, above 0, with the sum 1. */
  readonly weights: ArrayLike<number>;
}

/** A mixture of normal distributions on the line: data for which every question about diffusion has an exact answer.
 * All numbers are in double precision; arguments must be finite, or a RangeError names them. */
export interface GaussianMixture {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
  readonly weights: Float64Array;
  readonly mean: number;
  readonly variance: number;
  /** q(x). */
  density(x: number): number;
  /** log q(x), which stays finite far out where the density is rounded to 0. */
  logDensity(x: number): number;
  /** Draws `count` numbers; the same ones for the same seed. */
  sample(count: number, seed?: Seed): Float64Array;
  /** The marginal q(z_t) = ∫ q(x) q(z_t | x) dx at t = 0 … T: again a mixture, whose components have the mean √α_t m
   * and the variance α_t s² + 1 - α_t (lecture, "Evolution of diffused data distributions"). */
  marginal(t: number, schedule: Schedule): GaussianMixture;
  /** The score ∂ log q(z_t) / ∂z_t. */
  score(z: number, t: number, schedule: Schedule): number;
  /** E[x | z_t], the best guess of the data (in mean square): what a perfect denoiser returns. */
  posteriorMean(z: number, t: number, schedule: Schedule): number;
  /** Var[x | z_t], the error that is left to the perfect denoiser. */
  posteriorVariance(z: number, t: number, schedule: Schedule): number;
  /** q(z_{t-1} | z_t), the reverse step that nobody can compute for pictures: a mixture again, with as many components (lecture,
   * "Denoising – Inverting the process"). */
  reverse(z: number, t: number, schedule: Schedule): GaussianMixture;
  /** P(X ≤ x). */
  cdf(x: number): number;
}

/** The mixture with the given components.
 * @throws RangeError if the lists differ in length or are empty, a deviation or weight is not above 0, the weights do
 * not add up to 1, or a number is not finite */
export function gaussianMixture({ means, deviations, weights }: MixtureParameters): GaussianMixture {
  checkParameters({ means, deviations, weights });
  return mixtureOf(
    Array.from(weights, (weight, k) => ({ weight, mean: means[k], variance: deviations[k] ** 2 })),
  );
}

function mixtureOf(components: readonly Component[]): GaussianMixture {
  const logDensity = (x: number): number => {
    checkNumber("x", x);
    return logDensityOf(components, x);
  };
  const givenLatent = (z: number, t: number, schedule: Schedule): Component[] => {
    checkNumber("z", z);
    return denoised(components, z, t, schedule);
  };
  return Object.freeze<GaussianMixture>({
    means: Float64Array.from(components, ({ mean }) => mean),
    deviations: Float64Array.from(components, ({ variance }) => Math.sqrt(variance)),
    weights: Float64Array.from(components, ({ weight }) => weight),
    ...momentsOf(components),
    density: (x) => Math.exp(logDensity(x)),
    logDensity,
    sample: (count, seed) => sampleMixture(components, count, seed),
    marginal: (t, schedule) => mixtureOf(diffused(components, t, schedule)),
    score: (z, t, schedule) => {
      checkNumber("z", z);
      return scoreOf(diffused(components, t, schedule), z);
    },
    posteriorMean: (z, t, schedule) => momentsOf(givenLatent(z, t, schedule)).mean,
    posteriorVariance: (z, t, schedule) => momentsOf(givenLatent(z, t, schedule)).variance,
    reverse: (z, t, schedule) => {
      checkNumber("z", z);
      return mixtureOf(reversed(components, z, t, schedule));
    },
    cdf: (x) => {
      checkNumber("x", x);
      return sum(
        components.map(({ weight, mean, variance }) => weight * normalCdf((x - mean) / Math.sqrt(variance))),
      );
    },
  });
}

function checkParameters({ means, deviations, weights }: MixtureParameters): void {
  const counts = [means.length, deviations.length, weights.length];
  if (counts[0] === 0 || counts.some((count) => count !== counts[0])) {
    throw new RangeError(
      `means, deviations and weights have ${counts.join(", ")} entries; give each one for every component.`,
    );
  }
  checkFinite("means", means);
  checkPositive("deviations", deviations);
  checkPositive("weights", weights);
  const total = sum(Array.from(weights));
  if (Math.abs(total - 1) > 1e-9) {
    throw new RangeError(`The weights add up to ${total}; probabilities add up to 1.`);
  }
}

function checkPositive(name: string, values: ArrayLike<number>): void {
  checkFinite(name, values);
  const bad = Array.from(values).findIndex((value) => value <= 0);
  if (bad >= 0) throw new RangeError(`${name}[${bad}] is ${values[bad]}; use a number above 0.`);
}
