import { kernelVariance, type Schedule } from "../schedule";

/** The probability-flow ODE (Song et al. 2021, "Score-based generative modeling", equation 13): the way on which samples move
 * such that they have the marginals q(z_t) at every t, without any noise. It can be written in several variables; they
 * describe the same way, and a solver makes different errors in each.
 * - `sigma`: y = z/√α against σ = √((1-α)/α), dy/dσ = (y - x̂)/σ (Karras et al. 2022, algorithm 1). Euler's method in it is
 *   DDIM with η = 0 (Song, Meng & Ermon 2021, equation 14).
 * - `logAlpha`: z itself against log α, dz/d log α = ½(z + ∂ log q(z)/∂z): the equation as it comes from the forward
 *   process, since d log α = -β dt.
 * - `straight`: y = z / (√α + √(1-α)) against τ = √(1-α) / (√α + √(1-α)), dy/dτ = ε̂ - x̂ = (y - x̂)/τ: y = (1-τ) x + τ ε is a straight line for each
 *   pair of data and noise, and the ODE has a slope where nothing is left of the data, too (Lipman et al. 2023, "Flow matching"; Liu
 *   et al. 2023, "Flow straight and fast"). Euler's method in it is DDIM with η = 0 as well: from (1-τ_t) x̂ + τ_t ε̂ a step of
 *   (τ_s - τ_t)(ε̂ - x̂) leads to (1-τ_s) x̂ + τ_s ε̂, which is √α_s x̂ + √(1-α_s) ε̂ divided by √α_s + √(1-α_s). */
export type FlowVariable = "sigma" | "logAlpha" | "straight";

/** A form of the ODE, dy/dτ = slope, at time t; all in double precision. */
export interface FlowAt {
  /** y = scale · z. */
  readonly scale: number;
  /** τ. */
  readonly clock: number;
  /** Weights of z_t and x̂ in the slope; not finite at t = 0. */
  readonly slope: { readonly z: number; readonly x: number };
}

/** @throws RangeError for another variable; where nothing is left of the data (α_t = 0), unless it is straight: the way has no beginning
 * there in the others */
export function flowAt(t: number, schedule: Schedule, variable: FlowVariable = "sigma"): FlowAt {
  const form = forms[variable] as (typeof forms)[FlowVariable] | undefined;
  if (!form) throw new RangeError(`variable is "${variable}"; use "sigma", "logAlpha" or "straight".`);
  const found = form(schedule.alpha[t], kernelVariance(t, schedule));
  if (Number.isFinite(found.clock)) return found;
  throw new RangeError(
    `At t = ${t} nothing is left of the data (α_t = 0), where the flow has no beginning in "${variable}"; use the variable "straight" or ddim, or start at ${t - 1}.`,
  );
}

const forms = {
  sigma: (alpha: number, variance: number): FlowAt => {
    const clock = Math.sqrt(variance / alpha);
    const scale = 1 / Math.sqrt(alpha);
    return { scale, clock, slope: { z: scale / clock, x: -1 / clock } };
  },
  // The score is (√α x̂ - z) / (1-α).
  logAlpha: (alpha: number, variance: number): FlowAt => ({
    scale: 1,
    clock: Math.log(alpha),
    slope: { z: 0.5 - 0.5 / variance, x: (0.5 * Math.sqrt(alpha)) / variance },
  }),
  straight: (alpha: number, variance: number): FlowAt => {
    const noise = Math.sqrt(variance);
    const sum = Math.sqrt(alpha) + noise;
    return { scale: 1 / sum, clock: noise / sum, slope: { z: 1 / noise, x: -sum / noise } };
  },
};
