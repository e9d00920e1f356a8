import type { DenoisingErrors } from "../objective";
import type { Schedule } from "../schedule";
import type { GaussianMixture } from "./mixture";
import { integrate } from "./integrate";

/** The errors of the perfect denoiser of a mixture on the line, E[(x - E[x | z_t])²] = E[Var[x | z_t]], by numerical integration over
 * q(z_t): in the form of measured errors, as of one point that is the average of all. For `lowerBound`, which is then exact. */
export function exactErrors(mixture: GaussianMixture, schedule: Schedule): DenoisingErrors {
  const squared = Array.from({ length: schedule.steps + 1 }, (_, t) => {
    if (t === 0) return [];
    const marginal = mixture.marginal(t, schedule);
    return [integrate(marginal, (z) => mixture.posteriorVariance(z, t, schedule))];
  });
  return { squared, norms: [mixture.variance + mixture.mean ** 2], size: 1 };
}

/** E[log q(x)] of a mixture on the line in nats, the negative entropy, by numerical integration: no model can have a higher mean
 * log-likelihood. */
export function meanLogDensity(mixture: GaussianMixture): number {
  return integrate(mixture, (x) => mixture.logDensity(x));
}
