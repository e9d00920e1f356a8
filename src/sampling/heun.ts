import type { tf } from "../backend/tf";
import type { Denoiser } from "../prediction";
import type { Schedule } from "../schedule";
import type { FlowOptions } from "./euler";
import { flowAt } from "./flow";
import { mix, walk } from "./walk";

/** Heun's method for the probability-flow ODE: a trial step along the slope at t, then the step along the mean of that slope
 * and the one found at s (Karras et al. 2022, algorithm 1). Two calls of the denoiser a step, one for a last step to
 * s = 0, where there is no slope; its error falls like 1/steps².
 *
 * In `sigma`, few steps need times that go with the noise (`karras` or `logSnr` of {@link samplingTimes}): under a cosine schedule
 * σ falls from 20,000 to 600 in the first of 1000 even steps, and no slope holds so far. */
export async function heun(
  denoise: Denoiser,
  z: tf.Tensor,
  schedule: Schedule,
  { variable, ...options }: FlowOptions = {},
): Promise<tf.Tensor> {
  return walk(z, schedule, options, ({ z, t, s }) => {
    const [here, there] = [flowAt(t, schedule, variable), flowAt(s, schedule, variable)];
    const guess = denoise(z, t);
    const length = there.clock - here.clock;
    const slope = mix([here.slope.z, z], [here.slope.x, guess]);
    const along = (direction: tf.Tensor): tf.Tensor =>
      mix([here.scale / there.scale, z], [length / there.scale, direction]);
    const trial = along(slope);
    if (s === 0) return { z: trial, guess };
    const slopeThere = mix([there.slope.z, trial], [there.slope.x, denoise(trial, s)]);
    return { z: along(mix([0.5, slope], [0.5, slopeThere])), guess };
  });
}
