import { checkNumber } from "../errors";

/** γ: a number, or one for each t. */
export type GuidanceScale = number | ((t: number) => number);

/** γ at time t.
 * @throws RangeError unless it is a finite number */
export function scaleAt(gamma: GuidanceScale, t: number): number {
  if (typeof gamma === "number") {
    checkNumber("gamma", gamma);
    return gamma;
  }
  const value = gamma(t);
  checkNumber(`gamma(${t})`, value);
  return value;
}

/** γ while from ≤ t ≤ to, and another scale at all other times (Kynkäänniemi et al. 2024, "Applying guidance in a limited interval
 * improves sample and distribution quality in diffusion models").
 * @param otherwise 1, which is the conditional model, if omitted; 0 is the unconditional one
 * @throws RangeError for numbers that are not finite, or an interval that ends before it begins */
export function scaleWithin(
  gamma: number,
  { from, to, otherwise = 1 }: { readonly from: number; readonly to: number; readonly otherwise?: number },
): GuidanceScale {
  checkNumber("gamma", gamma);
  checkNumber("otherwise", otherwise);
  checkNumber("from", from);
  checkNumber("to", to, from);
  return (t) => (from <= t && t <= to ? gamma : otherwise);
}
