/** The standard normal distribution, written anew for these tests. */

// Jest looks a global up slowly.
const { abs, exp, sqrt, PI } = Math;

export const density = (x: number): number => exp((-x * x) / 2) / sqrt(2 * PI);

/** By the series 1/2 + φ(x) (x + x³/3 + x⁵/(3·5) + …). */
export function cdf(x: number): number {
  if (abs(x) > 7) return x > 0 ? 1 : 0;
  let [sum, term] = [0, x];
  for (let k = 3; abs(term) > 1e-18; k += 2) {
    sum += term;
    term *= (x * x) / k;
  }
  return 0.5 + density(x) * sum;
}

/** E|N(mean, deviation²)|. */
export function meanAbsolute(mean: number, deviation: number): number {
  const z = mean / deviation;
  return 2 * deviation * density(z) + mean * (2 * cdf(z) - 1);
}

/** The numbers below which lie (i + 1/2) / count of the distribution: a sample without chance. */
export function quantiles(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => quantile((i + 0.5) / count));
}

function quantile(share: number): number {
  let [low, high] = [-7, 7];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (cdf(middle) < share) low = middle;
    else high = middle;
  }
  return low;
}
