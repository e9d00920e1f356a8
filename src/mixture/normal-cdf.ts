/** P(X ≤ x) of a standard normal X, to about 15 digits (Marsaglia 2004, "Evaluating the normal distribution": the Taylor series of
 * the ratio of the integral to the density). */
export function normalCdf(x: number): number {
  if (Math.abs(x) > 8) return x > 0 ? 1 : 0; // to 15 digits
  let [sum, before, term] = [x, 0, x];
  for (let i = 3; sum !== before; i += 2) {
    term *= (x * x) / i;
    before = sum;
    sum += term;
  }
  const value = 0.5 + sum * Math.exp(-0.5 * x * x - 0.5 * Math.log(2 * Math.PI));
  return Math.min(1, Math.max(0, value)); // rounding must not take a probability out of its range
}
