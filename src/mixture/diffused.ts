import { checkInteger } from "../errors";
import { kernelVariance, type Schedule } from "../schedule";
import { responsibilities, sum, type Component } from "./components";

/** The components of q(z_t) = ∫ q(x) q(z_t | x) dx: a normal variable scaled by √α_t, plus normal noise of variance
 * 1 - α_t. */
export function diffused(components: readonly Component[], t: number, schedule: Schedule): Component[] {
  return noised(components, kernelAt(t, schedule));
}

/** The components of q(x | z_t). */
export function denoised(
  components: readonly Component[],
  z: number,
  t: number,
  schedule: Schedule,
): Component[] {
  return given(components, z, kernelAt(t, schedule));
}

/** The components of q(z_{t-1} | z_t) ∝ q(z_{t-1}) q(z_t | z_{t-1}): Bayes' rule for one step. */
export function reversed(
  components: readonly Component[],
  z: number,
  t: number,
  schedule: Schedule,
): Component[] {
  checkInteger("t", t, 1, schedule.steps);
  const beta = schedule.beta[t];
  return given(diffused(components, t - 1, schedule), z, { kept: 1 - beta, added: beta });
}

/** Noise that is added: what is seen is √kept x + √added ε. */
interface Kernel {
  readonly kept: number;
  readonly added: number;
}

const kernelAt = (t: number, schedule: Schedule): Kernel => ({
  added: kernelVariance(t, schedule),
  kept: schedule.alpha[t],
});

function noised(components: readonly Component[], { kept, added }: Kernel): Component[] {
  return components.map(({ weight, mean, variance }) => ({
    weight,
    mean: Math.sqrt(kept) * mean,
    variance: kept * variance + added,
  }));
}

/** The components of x, given what is seen: each one's product with the kernel is normal again (completing the square), and
 * its weight is its share in the density of what is seen. */
function given(components: readonly Component[], seen: number, kernel: Kernel): Component[] {
  const { kept, added } = kernel;
  const marginals = noised(components, kernel);
  const weights = responsibilities(marginals, seen);
  return components.map(({ mean, variance }, k) => {
    const gain = (Math.sqrt(kept) * variance) / marginals[k].variance;
    return {
      weight: weights[k],
      mean: mean + gain * (seen - marginals[k].mean),
      variance: (variance * added) / marginals[k].variance,
    };
  });
}

/** ∂ log q(z) / ∂z: the components' scores, weighted by their shares. */
export function scoreOf(components: readonly Component[], z: number): number {
  const weights = responsibilities(components, z);
  return sum(components.map(({ mean, variance }, k) => (weights[k] * (mean - z)) / variance));
}
