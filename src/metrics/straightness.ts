import { tf } from "../backend/tf";
import type { Denoiser } from "../prediction";
import { flowAt, heun, type Sampler, type SamplerOptions } from "../sampling";
import type { Schedule } from "../schedule";

export interface StraightnessOptions extends Pick<SamplerOptions, "times"> {
  /** What walks the paths, without noise; Heun's method in the straight variable if omitted. */
  readonly sampler?: Sampler;
}

/** How far sampling paths are from straight lines. */
export interface Straightness {
  /** S, 0 if every path is a straight line that is walked evenly; in squared units of the data, summed over the numbers of a point. */
  readonly total: number;
  /** S as a share of E‖y_1 - y_0‖², the mean squared length of the lines from end to end. */
  readonly relative: number;
  /** E‖(y_1 - y_0) - dy/dτ‖² on each step of the walk: where the paths bend. */
  readonly steps: readonly StepBend[];
}

/** How far the velocity on the step from t to s is from that of the line. */
export interface StepBend {
  readonly t: number;
  readonly s: number;
  readonly bend: number;
}

/** Straightness of the paths from noise to samples, S = ∫ E‖(y_1 - y_0) - dy/dτ‖² dτ for y = z / (√α + √(1-α)) on its way from noise y_1 at τ = 1
 * to data y_0 at τ = 0 (Liu et al. 2023, "Flow straight and fast", section 2.2): what a single step of Euler's method ignores. The exact
 * denoiser's is one of the data alone, the same for every schedule and prediction; that of N(m, s² I) in D dimensions is D s (2 - π/2), which is
 * 0 for a single point only. Pairs that belong together, as after a reflow (see {@link coupling}), have less.
 *
 * It is measured on the walk's own steps, each taken as straight; of a walk over a part of [0, 1] it is the mean over that part.
 * @param z where the paths start, z_T unless `times` begins elsewhere: float32 [batch, ...]; latents of all steps are kept meanwhile
 * @throws what the sampler throws */
export async function straightness(
  denoise: Denoiser,
  z: tf.Tensor,
  schedule: Schedule,
  { sampler = heunInStraight, times }: StraightnessOptions = {},
): Promise<Straightness> {
  const path: PathPoint[] = [];
  const reach = (t: number, z: tf.Tensor): void => {
    const { scale, clock } = flowAt(t, schedule, "straight");
    path.push({ t, clock, y: z.mul(scale) });
  };
  try {
    reach(times?.[0] ?? schedule.steps, z);
    const end = await sampler(denoise, z, schedule, {
      ...(times && { times }),
      callback: ({ t, z }) => {
        reach(t, z);
      },
    });
    end.dispose();
    return measured(path);
  } finally {
    tf.dispose(path.map(({ y }) => y));
  }
}

const heunInStraight: Sampler = (denoise, z, schedule, options) =>
  heun(denoise, z, schedule, { ...options, variable: "straight" });

interface PathPoint {
  readonly t: number;
  /** τ. */
  readonly clock: number;
  readonly y: tf.Tensor;
}

function measured(path: readonly PathPoint[]): Straightness {
  const [first, last] = [path[0], path[path.length - 1]];
  const line = (): tf.Tensor => velocity(first, last);
  let total = 0;
  const steps = path.slice(1).map((to, i): StepBend => {
    const from = path[i];
    const bend = meanSquare(() => velocity(from, to).sub(line()));
    total += (bend * (from.clock - to.clock)) / (first.clock - last.clock);
    return { t: from.t, s: to.t, bend };
  });
  return { total, relative: total / meanSquare(line), steps };
}

const velocity = (from: PathPoint, to: PathPoint): tf.Tensor => to.y.sub(from.y).div(to.clock - from.clock);

/** The mean over points of their squared norms. */
const meanSquare = (made: () => tf.Tensor): number =>
  tf.tidy(() => {
    const points = made();
    return points.square().sum().div(points.shape[0]).dataSync<"float32">()[0];
  });
