import { checkInteger } from "../errors";
import type { Schedule } from "../schedule";
import { responsibilities, sum, type Component } from "./components";

/** The components of q(z_t) = ∫ q(x) q(z_t | x) dx: a normal variable scaled by √α_t, plus normal noise of variance
 * 1 - α_t. */
export function diffused(components: readonly Component[], t: number, schedule: Schedule): Component[] {
  const alpha = alphaAt(t, schedule);
  return components.map(({ weight, mean, variance }) => ({
    weight,
    mean: Math.sqrt(alpha) * mean,
    variance: alpha * variance + (1 - alpha),
  }));
}

/** The components of q(x | z_t): each one's product with the kernel is normal again (completing the square), and its
 * weight is its share in q(z_t). */
export function denoised(
  components: readonly Component[],
  z: number,
  t: number,
  schedule: Schedule,
): Component[] {
  const alpha = alphaAt(t, schedule);
  const marginals = diffused(components, t, schedule);
  const weights = responsibilities(marginals, z);
  return components.map(({ mean, variance }, k) => {
    const gain = (Math.sqrt(alpha) * variance) / marginals[k].variance;
    return {
      weight: weights[k],
      mean: mean + gain * (z - marginals[k].mean),
      variance: (variance * (1 - alpha)) / marginals[k].variance,
    };
  });
}

/** ∂ log q(z) / ∂z: the components' scores, weighted by their shares. */
export function scoreOf(components: readonly Component[], z: number): number {
  const weights = responsibilities(components, z);
  return sum(components.map(({ mean, variance }, k) => (weights[k] * (mean - z)) / variance));
}

function alphaAt(t: number, schedule: Schedule): number {
  checkInteger("t", t, 0, schedule.steps);
  return schedule.alpha[t];
}
