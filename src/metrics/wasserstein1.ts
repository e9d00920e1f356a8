import { checkFinite } from "../errors";
import { distanceToCdf } from "./distance-to-cdf";

/** A distribution on the line, known by its distribution function F(x) = P(X ≤ x). */
export interface DistributionFunction {
  cdf(x: number): number;
}

/** The Wasserstein distance of order 1 on the line: the least average way by which probability must be moved to turn
 * one distribution into the other. It equals the area between the distribution functions, ∫ |F_a(x) - F_b(x)| dx
 * (Vallender 1974, "Calculation of the Wasserstein distance between probability distributions on the line"; Ramdas,
 * García Trillos & Cuturi 2017, "On Wasserstein two-sample testing and related families of nonparametric tests"), in
 * the units of the data.
 *
 * Two samples, of any lengths, are compared exactly, in O(n log n). A sample is compared with a distribution, which must
 * have a mean, to about 10⁻⁷ of the width over which both spread. Even samples of one distribution are some distance
 * apart: the noise floor, which falls as 1/√n.
 * @param a a sample, in any order
 * @param b another sample, or a distribution
 * @throws RangeError if a sample is empty or has a number that is not finite, or `b.cdf` does not rise from 0 to 1 */
export function wasserstein1(a: ArrayLike<number>, b: ArrayLike<number> | DistributionFunction): number {
  const sample = sorted("a", a);
  return "cdf" in b ? distanceToCdf(sample, (x) => b.cdf(x)) : distanceOfSorted(sample, sorted("b", b));
}

function sorted(name: string, values: ArrayLike<number>): Float64Array {
  if (values.length === 0) throw new RangeError(`${name} is empty; give at least one number.`);
  checkFinite(name, values);
  return new Float64Array(values).sort();
}

/** Goes through the numbers of both samples in their order; between two of them both functions are constant. */
function distanceOfSorted(a: Float64Array, b: Float64Array): number {
  let total = 0;
  let [i, j] = [0, 0];
  let x = Math.min(a[0], b[0]);
  while (i < a.length || j < b.length) {
    const next = j === b.length || a[i] <= b[j] ? a[i] : b[j];
    total += Math.abs(i / a.length - j / b.length) * (next - x);
    x = next;
    while (a[i] === x) i++;
    while (b[j] === x) j++;
  }
  return total;
}
