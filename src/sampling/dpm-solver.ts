import type { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import type { Denoiser } from "../prediction";
import { kernelVariance, type Schedule } from "../schedule";
import type { SamplerOptions } from "./sampler";
import { weightedStep, type StepWeights } from "./step-weights";
import { mix, walk } from "./walk";

/** The numbers that make up a step of DPM-Solver++ from t to s, in double precision: z_s is
 * z·z_t + x·(x̂_t + extrapolation·(x̂_t - x̂_before)) + noise·ε. */
export interface DpmSolverWeights extends StepWeights {
  /** How far the guesses are continued in the direction in which they moved. */
  readonly extrapolation: number;
}

/** The weights of a step from t to s, after one that started at `before`. A first step has no guess to extrapolate from, and
 * the last one to s = 0, where log SNR is infinite, no use of it: they are of first order.
 * @param stochastic whether noise is added, as much as the reverse SDE has
 * @throws RangeError unless T ≥ before > t > s ≥ 0 are whole numbers */
export function dpmSolverWeights(
  t: number,
  s: number,
  schedule: Schedule,
  {
    before,
    stochastic = false,
  }: { readonly before?: number | undefined; readonly stochastic?: boolean } = {},
): DpmSolverWeights {
  checkInteger("t", t, 1, schedule.steps);
  checkInteger("s", s, 0, t - 1);
  if (before !== undefined) checkInteger("before", before, t + 1, schedule.steps);
  const lambda = (time: number): number => 0.5 * Math.log(schedule.snr[time]);
  const deviation = (time: number): number => Math.sqrt(kernelVariance(time, schedule));
  const h = lambda(s) - lambda(t);
  const ratio = before === undefined ? Infinity : (lambda(t) - lambda(before)) / h;
  const gain = -Math.expm1(stochastic ? -2 * h : -h);
  return {
    z: (deviation(s) / deviation(t)) * (stochastic ? Math.exp(-h) : 1),
    x: Math.sqrt(schedule.alpha[s]) * gain,
    extrapolation: s === 0 || ratio === Infinity ? 0 : 1 / (2 * ratio),
    noise: stochastic ? deviation(s) * Math.sqrt(gain) : 0,
  };
}

/** DPM-Solver++ (2M): solves the linear part of the probability-flow ODE exactly, and extrapolates x̂ from two steps (Lu et al.
 * 2022, "DPM-Solver++", algorithm 2). One call of the denoiser a step; its error falls like 1/steps². */
export async function dpmSolver(
  denoise: Denoiser,
  z: tf.Tensor,
  schedule: Schedule,
  options: SamplerOptions = {},
): Promise<tf.Tensor> {
  return solve(denoise, z, schedule, options, false);
}

/** SDE-DPM-Solver++ (2M): the same for the reverse *stochastic* differential equation, so that each step adds noise, which
 * forgets errors of the steps before (Lu et al. 2022, "DPM-Solver++", section 5.3). One call of the denoiser a step. */
export async function dpmSolverSde(
  denoise: Denoiser,
  z: tf.Tensor,
  schedule: Schedule,
  options: SamplerOptions = {},
): Promise<tf.Tensor> {
  return solve(denoise, z, schedule, options, true);
}

function solve(
  denoise: Denoiser,
  start: tf.Tensor,
  schedule: Schedule,
  options: SamplerOptions,
  stochastic: boolean,
): Promise<tf.Tensor> {
  return walk(start, schedule, options, (step) => {
    const { z, t, s, before } = step;
    const guess = denoise(z, t);
    const weights = dpmSolverWeights(t, s, schedule, { before: before?.t, stochastic });
    const far = weights.extrapolation;
    const ahead = before && far !== 0 ? mix([1 + far, guess], [-far, before.guess]) : guess;
    return { z: weightedStep(weights, step, ahead), guess };
  });
}
