/** One part of a mixture of normal distributions on the line. */
export interface Component {
  readonly weight: number;
  readonly mean: number;
  readonly variance: number;
}

/** Mean and variance of a mixture. */
export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** log ∑ weight · N(x; mean, variance). */
export function logDensityOf(components: readonly Component[], x: number): number {
  return logSumExp(components.map((component) => logJoint(component, x)));
}

/** Probability of each component given x, and so of weight · N(x; mean, variance) within the density. */
export function responsibilities(components: readonly Component[], x: number): number[] {
  const joint = components.map((component) => logJoint(component, x));
  const total = logSumExp(joint);
  return joint.map((value) => Math.exp(value - total));
}

/** Mean and variance by the laws of total expectation and variance. */
export function momentsOf(components: readonly Component[]): Moments {
  const mean = sum(components.map((component) => component.weight * component.mean));
  const variance = sum(
    components.map((component) => component.weight * (component.variance + (component.mean - mean) ** 2)),
  );
  return { mean, variance };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function logJoint({ weight, mean, variance }: Component, x: number): number {
  return Math.log(weight) - 0.5 * (Math.log(2 * Math.PI * variance) + (x - mean) ** 2 / variance);
}

/** log ∑ exp(value), with the largest value taken out so that nothing overflows or vanishes. */
export function logSumExp(values: readonly number[]): number {
  const largest = Math.max(...values);
  return largest + Math.log(sum(values.map((value) => Math.exp(value - largest))));
}

/** The component in whose part of [0, 1) the number falls. */
export function pick<C extends { readonly weight: number }>(components: readonly C[], share: number): C {
  let reached = 0;
  const found = components.find(({ weight }) => share < (reached += weight));
  return found ?? components[components.length - 1];
}
