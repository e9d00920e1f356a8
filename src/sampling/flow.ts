import { kernelVariance, type Schedule } from "../schedule";

/** The probability-flow ODE (Song et al. 2021, "Score-based generative modeling", equation 13): the way on which samples move
 * such that they have the marginals q(z_t) at every t, without any noise. It can be written in several variables; they
 * describe the same way, and a solver makes different errors in each.
 * - `sigma`: y = z/√α against σ = √((1-α)/α), dy/dσ = (y - x̂)/σ (Karras et al. 2022, algorithm 1). Euler's method in it is
 *   DDIM with η = 0 (Song, Meng & Ermon 2021, equation 14).
 * - `logAlpha`: z itself against log α, dz/d log α = ½(z + ∂ log q(z)/∂z): the equation as it comes from the forward
 *   process, since d log α = -β dt. */
export type FlowVariable = "sigma" | "logAlpha";

/** A form of the ODE, dy/dτ = slope, at time t; all in double precision. */
export interface FlowAt {
  /** y = scale · z. */
  readonly scale: number;
  /** τ. */
  readonly clock: number;
  /** Weights of z_t and x̂ in the slope; not finite at t = 0. */
  readonly slope: { readonly z: number; readonly x: number };
}

/** @throws RangeError for another variable; where nothing is left of the data (α_t = 0), since the way has no beginning there */
export function flowAt(t: number, schedule: Schedule, variable: FlowVariable = "sigma"): FlowAt {
  const form = forms[variable] as (typeof forms)[FlowVariable] | undefined;
  if (!form) throw new RangeError(`variable is "${variable}"; use "sigma" or "logAlpha".`);
  const alpha = schedule.alpha[t];
  if (alpha === 0) {
    throw new RangeError(
      `At t = ${t} nothing is left of the data (α_t = 0), where the flow has no beginning; use ddim, or start at ${t - 1}.`,
    );
  }
  return form(alpha, kernelVariance(t, schedule));
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
};
