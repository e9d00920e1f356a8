import { normalCdf } from "../mixture/normal-cdf";

/** log P(a ≤ X ≤ b) of a standard normal X, to about 14 digits however far out the interval lies or however short it is: the
 * difference of two values of the distribution function would round to 0 there.
 * @param a may be -∞
 * @param b above a; may be ∞ */
export function logNormalMass(a: number, b: number): number {
  if (a + b < 0) return logNormalMass(-b, -a);
  const middle = (a + b) / 2;
  const width = b - a;
  if (width * Math.max(1, middle) < 0.5) return shortMass(middle, width);
  if (a <= 0) return Math.log1p(-upperTail(-a) - upperTail(b));
  // P(X > a) - P(X > b), divided by the density at a.
  return logDensity(a) + Math.log(millsRatio(a) - Math.exp(-middle * width) * millsRatio(b));
}

/** The density changes little over the interval. Relative to its middle it is exp(-middle·s - s²/2), of which the mean over the
 * interval is taken by the quadrature of Gauss and Legendre with six points. */
function shortMass(middle: number, width: number): number {
  let mean = 0;
  for (let i = 0; i < 3; i++) {
    const s = (nodes[i] * width) / 2;
    mean += weights[i] * Math.cosh(middle * s) * Math.exp(-0.5 * s * s);
  }
  return logDensity(middle) + Math.log(width) + Math.log(mean);
}

const nodes = [0.2386191860831969, 0.6612093864662645, 0.932469514203152];
const weights = [0.467913934572691, 0.3607615730481386, 0.17132449237917036];

/** P(X > x) for x ≥ 0. */
function upperTail(x: number): number {
  return Math.exp(logDensity(x)) * millsRatio(x);
}

/** P(X > x) / density(x) for x ≥ 0. From 2 on by Laplace's continued fraction 1/(x + 1/(x + 2/(x + 3/…))), of which the larger x,
 * the fewer parts are needed. */
function millsRatio(x: number): number {
  if (x < 2) return normalCdf(-x) / Math.exp(logDensity(x));
  let below = x;
  for (let i = 10 + Math.ceil(500 / (x * x)); i > 0; i--) below = x + i / below;
  return 1 / below;
}

function logDensity(x: number): number {
  return -0.5 * x * x - 0.5 * Math.log(2 * Math.PI);
}
