import type { tf } from "../backend/tf";
import type { Denoiser } from "../prediction";
import type { Schedule } from "../schedule";
import { flowAt, type FlowVariable } from "./flow";
import type { SamplerOptions } from "./sampler";
import { mix, walk } from "./walk";

export interface FlowOptions extends SamplerOptions {
  /** The variable in which the ODE is solved. */
  readonly variable?: FlowVariable;
}

/** Euler's method for the probability-flow ODE: along the slope at t, all the way to s. One call of the denoiser a step; its
 * error falls like 1/steps. */
export async function euler(
  denoise: Denoiser,
  z: tf.Tensor,
  schedule: Schedule,
  { variable, ...options }: FlowOptions = {},
): Promise<tf.Tensor> {
  return walk(z, schedule, options, ({ z, t, s }) => {
    const [here, there] = [flowAt(t, schedule, variable), flowAt(s, schedule, variable)];
    const guess = denoise(z, t);
    const length = there.clock - here.clock;
    const onZ = here.scale + length * here.slope.z;
    const onX = length * here.slope.x;
    return { z: mix([onZ / there.scale, z], [onX / there.scale, guess]), guess };
  });
}
