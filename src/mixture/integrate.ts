import type { GaussianMixture } from "./mixture";

/** E[f(x)] = ∫ q(x) f(x) dx for a mixture on the line, by the trapezoidal rule, which is exact to many digits for what is smooth and
 * decays. The grid is as fine as the narrowest component needs. */
export function integrate(mixture: GaussianMixture, f: (x: number) => number): number {
  const { means, deviations } = mixture;
  const widest = Math.max(...deviations);
  const low = Math.min(...means) - reach * widest;
  const high = Math.max(...means) + reach * widest;
  const count = Math.ceil((high - low) / (Math.min(...deviations) / perDeviation));
  const step = (high - low) / count;
  let sum = 0;
  for (let i = 0; i <= count; i++) {
    const x = low + i * step;
    const weight = mixture.density(x);
    if (weight > 0) sum += weight * f(x);
  }
  return sum * step;
}

/** Standard deviations beyond which nothing counts, and points within one. */
const [reach, perDeviation] = [9, 4];
