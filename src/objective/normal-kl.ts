import { checkNumber } from "../errors";

/** A normal distribution on the line. */
export interface NormalParameters {
  readonly mean: number;
  /** Above 0. */
  readonly variance: number;
}

/** KL(q ‖ p) of two normal distributions on the line, in nats: ½ (log(v_p/v_q) + (v_q + (m_q - m_p)²)/v_p - 1). That of
 * N(·, v I) in D dimensions is the sum over them.
 * @throws RangeError for a mean that is not finite or a variance that is not above 0 */
export function normalKl(q: NormalParameters, p: NormalParameters): number {
  for (const [name, { mean, variance }] of Object.entries({ q, p })) {
    checkNumber(`${name}.mean`, mean);
    checkNumber(`${name}.variance`, variance, Number.MIN_VALUE);
  }
  const ratio = q.variance / p.variance;
  return 0.5 * ((q.mean - p.mean) ** 2 / p.variance + ratio - 1 - Math.log(ratio));
}

/** Nats as bits: information counted with logarithms of base 2. */
export const toBits = (nats: number): number => nats / Math.LN2;
