import { tf } from "../backend/tf";
import { checkInteger, checkShape } from "../errors";
import { pace } from "../notebook/pace";
import type { Denoiser } from "../prediction";
import { samplingTimes, type Schedule } from "../schedule";
import { flowAt, type FlowAt, type FlowVariable } from "./flow";

export interface FlowLikelihoodOptions {
  /** Whole times through which the ODE is solved, increasing from near the data to T; 200 steps, or T if that is less. */
  readonly times?: readonly number[];
  /** The variable in which the ODE is solved; the straight one, where nothing is left of the data at T. */
  readonly variable?: FlowVariable;
}

/** log P(x), in nats, of data under a denoiser's probability-flow ODE: as the flow carries a point to z_T, its density changes
 * by the divergence of the flow, d log p(y)/dτ = -∇·(dy/dτ), and at T it is known (Song et al. 2021, "Score-based
 * generative modeling", section 4.3; Chen et al. 2018, "Neural ODEs", theorem 1). Solved by Heun's method, with the exact
 * divergence: one gradient for each of the D numbers of a point, so this is for points of few dimensions.
 *
 * The ODE has no slope at t = 0: the density is that at the first of the times, of data blurred by σ_1 ≪ 1.
 * @param denoise must be differentiable: a compiled network is not
 * @param x data, float32 [batch, D]
 * @returns float32 [batch]
 * @throws RangeError for a shape or times that do not fit; InterruptedError */
export async function flowLogLikelihood(
  denoise: Denoiser,
  x: tf.Tensor2D,
  schedule: Schedule,
  { times = defaultTimes(schedule), variable }: FlowLikelihoodOptions = {},
): Promise<tf.Tensor1D> {
  checkShape("x", x.shape, [null, null]);
  checkUpward(times, schedule);
  const size = x.shape[1];
  const at = (t: number): FlowAt => flowAt(t, schedule, variable);
  const [first, last] = [times[0], times[times.length - 1]];
  // Data with blur are z/√α.
  const start = at(first).scale * Math.sqrt(schedule.alpha[first]);
  let y = tf.mul<tf.Tensor2D>(x, start);
  let change = tf.zeros<tf.Rank.R1>([x.shape[0]]);
  const paced = pace();
  try {
    for (let i = 1; i < times.length; i++) {
      const [t, s] = [times[i - 1], times[i]];
      const length = at(s).clock - at(t).clock;
      const [nextY, nextChange] = tf.tidy(() => {
        const here = slopeAt((z) => denoise(z, t), y, at(t));
        const there = slopeAt((z) => denoise(z, s), y.add(here.slope.mul(length)), at(s));
        const half = length / 2;
        return [
          y.add<tf.Tensor2D>(here.slope.add(there.slope).mul(half)),
          change.add<tf.Tensor1D>(here.divergence.add(there.divergence).mul(half)),
        ] as const;
      });
      tf.dispose([y, change]);
      [y, change] = [nextY, nextChange];
      await paced();
    }
    const { scale } = at(last);
    return tf.tidy(() => {
      const energy = y.div(scale).square().sum(1).mul(-0.5);
      // log N(z_T; 0, I), as a density of y, and in the end one of x.
      const constant = -0.5 * size * Math.log(2 * Math.PI) - size * Math.log(scale / start);
      return energy.add(constant).add<tf.Tensor1D>(change);
    });
  } finally {
    tf.dispose([y, change]);
  }
}

/** dy/dτ, and its divergence by y. */
function slopeAt(
  denoise: (z: tf.Tensor) => tf.Tensor,
  y: tf.Tensor,
  { scale, slope }: FlowAt,
): { slope: tf.Tensor; divergence: tf.Tensor } {
  const z = y.div(scale);
  const derivative = (axis: number): tf.Tensor =>
    column(tf.grad((input) => column(denoise(input), axis).sum())(z), axis);
  const trace = Array.from({ length: y.shape[1] as number }, (_, axis) => derivative(axis)).reduce(
    (sum, each) => sum.add(each),
  );
  return {
    slope: z.mul(slope.z).add(denoise(z).mul(slope.x)),
    // z = y/scale: what the slope says by z is divided by the scale.
    divergence: trace
      .mul(slope.x)
      .add(y.shape[1]! * slope.z)
      .div(scale),
  };
}

function column(points: tf.Tensor, axis: number): tf.Tensor {
  return points.slice([0, axis], [points.shape[0], 1]).reshape([-1]);
}

function defaultTimes(schedule: Schedule): number[] {
  const times = samplingTimes(schedule, Math.min(200, schedule.steps), "karras");
  return times.filter((t) => t > 0).reverse();
}

function checkUpward(times: readonly number[], { steps }: Schedule): void {
  times.forEach((t, i) => {
    checkInteger(`times[${i}]`, t, i === 0 ? 1 : times[i - 1] + 1, steps);
  });
  if (times.length < 2) throw new RangeError(`times has ${times.length} entries; use 2 or more.`);
}
