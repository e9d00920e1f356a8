import { tf } from "../backend/tf";
import { checkInteger, checkNumber } from "../errors";
import { randomUniform, type Seed } from "../random";
import { nextSeed } from "../random/seed";
import { scheduleFromLogSnr, type Schedule } from "../schedule";

export interface MonotoneOptions {
  /** log SNR at u = 0, where there is least noise. */
  readonly from: number;
  /** log SNR at u = 1, below that at 0. */
  readonly to: number;
  /** Sigmoids that are added up. */
  readonly width?: number;
  readonly seed?: Seed;
}

/** A noise schedule that can be learned: log SNR as a decreasing function of the time u in [0, 1], whose end points stay. */
export interface LearnedSchedule {
  readonly parameters: readonly tf.Variable[];
  /** log SNR(u); u float32 of any shape. */
  logSnr(u: tf.Tensor): tf.Tensor;
  /** ∂ log SNR(u) / ∂u, below 0; u float32 of any shape. */
  slope(u: tf.Tensor): tf.Tensor;
  /** The schedule with T steps, as it is now: t = 1 … T are the times u = (t-1)/(T-1). */
  schedule(steps: number): Schedule;
  dispose(): void;
}

/** A monotone network (Kingma et al. 2021, "Variational diffusion models", appendix H): g(u) = a u + Σ_j b_j σ(w_j (u - c_j)) with a, b and
 * w kept above 0 by softplus, stretched such that log SNR goes from one given value to the other. It starts near a straight line.
 * @throws RangeError unless `to` is below `from`, and the width a whole number of 1 or more */
export function monotoneSchedule(options: MonotoneOptions): LearnedSchedule {
  const { from, to, width = 32, seed = nextSeed() } = options;
  checkNumber("from", from);
  checkNumber("to", to);
  if (to >= from) throw new RangeError(`to is ${to}; use a number below from, which is ${from}.`);
  checkInteger("width", width, 1);
  const variable = (make: () => tf.Tensor): tf.Variable => tf.tidy(() => tf.variable(make()));
  const line = variable(() => tf.scalar(0));
  const heights = variable(() => tf.fill([width], -5));
  const steepness = variable(() => tf.fill([width], 10));
  const centres = variable(() => randomUniform([width], seed));
  const parameters = [line, heights, steepness, centres];

  /** g and its derivative, at u [..., 1]. */
  const rise = (u: tf.Tensor): { value: tf.Tensor; slope: tf.Tensor } => {
    const [a, b, w] = [tf.softplus(line), tf.softplus(heights), tf.softplus(steepness)];
    const s = tf.sigmoid(tf.mul(w, tf.sub(u, centres)));
    const value = tf.add(tf.mul(a, tf.squeeze(u, [-1])), tf.sum(tf.mul(b, s), -1));
    const slope = tf.add(a, tf.sum(tf.mul(tf.mul(b, w), tf.mul(s, tf.sub(1, s))), -1));
    return { value, slope };
  };
  const ends = (): { low: tf.Tensor; height: tf.Tensor } => {
    const low = rise(tf.zeros([1])).value;
    return { low, height: tf.sub(rise(tf.ones([1])).value, low) };
  };
  const logSnr = (u: tf.Tensor): tf.Tensor =>
    tf.tidy(() => {
      const { low, height } = ends();
      const share = tf.div(tf.sub(rise(tf.expandDims(u, -1)).value, low), height);
      return tf.add(from, tf.mul(to - from, share));
    });
  return {
    parameters,
    logSnr,
    slope: (u) => tf.tidy(() => tf.mul(to - from, tf.div(rise(tf.expandDims(u, -1)).slope, ends().height))),
    schedule: (steps) => {
      checkInteger("steps", steps, 2);
      const at = inDouble(parameters, from, to);
      return scheduleFromLogSnr("learned", steps, (time) => at((time * steps - 1) / (steps - 1)));
    },
    dispose() {
      tf.dispose(parameters);
    },
  };
}

/** log SNR(u) in double precision, in which neighbours among many steps still differ. */
function inDouble(parameters: readonly tf.Variable[], from: number, to: number): (u: number) => number {
  const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  const [line, heights, steepness, centres] = parameters.map((parameter) => Array.from(parameter.dataSync()));
  const [a, b, w] = [softplus(line[0]), heights.map(softplus), steepness.map(softplus)];
  const rise = (u: number): number =>
    b.reduce((sum, height, j) => sum + height / (1 + Math.exp(-w[j] * (u - centres[j]))), a * u);
  const [low, high] = [rise(0), rise(1)];
  return (u) => from + ((to - from) * (rise(u) - low)) / (high - low);
}
