import { tf } from "../backend/tf";
import { checkFinite, checkInteger, checkNumber } from "../errors";
import type { Seed } from "../random";
import { normalValues, uniformValues } from "../random/distributions";
import { foldIn, nextSeed, seedWords } from "../random/seed";
import { kernelVariance, type Schedule } from "../schedule";
import { logSumExp, pick, sum } from "./components";

/** A point of the plane. */
export type Point = readonly [x: number, y: number];

/** A component: a normal distribution that is an ellipse, given by its two axes. */
export interface PlaneComponent {
  readonly weight: number;
  readonly mean: Point;
  /** Unit vectors along the axes. */
  readonly axes: readonly [Point, Point];
  /** Variances along them. */
  readonly variances: Point;
}

/** Parameters of a mixture in the plane, one entry for each component. */
export interface PlaneMixtureParameters {
  readonly means: readonly Point[];
  /** Standard deviations, above 0: one for a circle, or one for each axis of an ellipse. */
  readonly deviations: readonly (number | Point)[];
  /** Angles, in radians, from the x-axis to the ellipse's first axis; all 0 if omitted. */
  readonly angles?: readonly number[];
  /** Probabilities, above 0, with the sum 1; equal ones if omitted. */
  readonly weights?: readonly number[];
}

/** A mixture of normal distributions in the plane: like {@link GaussianMixture}, all about it is known exactly. Numbers are in
 * double precision; arguments must be finite, or a RangeError names them. */
export interface PlaneMixture {
  readonly components: readonly PlaneComponent[];
  /** q(x). */
  density(x: Point): number;
  /** log q(x). */
  logDensity(x: Point): number;
  /** Draws points, float32 [count, 2]; the same ones for the same seed. */
  readonly sample: (count: number, seed?: Seed) => tf.Tensor2D;
  /** The marginal q(z_t) at t = 0 … T. */
  marginal(t: number, schedule: Schedule): PlaneMixture;
  /** The score ∂ log q(z_t) / ∂z_t, a vector. */
  score(z: Point, t: number, schedule: Schedule): Point;
  /** E[x | z_t]. */
  posteriorMean(z: Point, t: number, schedule: Schedule): Point;
  /** q(z_{t-1} | z_t), the reverse step that nobody can compute for pictures: a mixture again. */
  reverse(z: Point, t: number, schedule: Schedule): PlaneMixture;
}

/** The mixture with the given components.
 * @throws RangeError if the lists differ in length or are empty, a deviation or weight is not above 0, the weights do not
 * add up to 1, or a number is not finite */
export function planeMixture(parameters: PlaneMixtureParameters): PlaneMixture {
  return mixtureOf(componentsOf(parameters));
}

function mixtureOf(components: readonly PlaneComponent[]): PlaneMixture {
  const logDensity = (x: Point): number => {
    checkFinite("x", x);
    return logSumExp(components.map((component) => logJoint(component, x)));
  };
  return Object.freeze<PlaneMixture>({
    components,
    density: (x) => Math.exp(logDensity(x)),
    logDensity,
    sample: (count, seed) => sample(components, count, seed),
    marginal: (t, schedule) => {
      checkInteger("t", t, 0, schedule.steps);
      return mixtureOf(noised(components, schedule.alpha[t], kernelVariance(t, schedule)));
    },
    score: (z, t, schedule) => {
      checkInteger("t", t, 1, schedule.steps);
      checkFinite("z", z);
      return scoreOf(noised(components, schedule.alpha[t], kernelVariance(t, schedule)), z);
    },
    posteriorMean: (z, t, schedule) => {
      checkInteger("t", t, 1, schedule.steps);
      checkFinite("z", z);
      return meanOf(given(components, z, schedule.alpha[t], kernelVariance(t, schedule)));
    },
    reverse: (z, t, schedule) => {
      checkInteger("t", t, 1, schedule.steps);
      checkFinite("z", z);
      const before = noised(components, schedule.alpha[t - 1], kernelVariance(t - 1, schedule));
      return mixtureOf(given(before, z, 1 - schedule.beta[t], schedule.beta[t]));
    },
  });
}

/** The components of √a x + √v ε, with unit noise ε. */
function noised(components: readonly PlaneComponent[], a: number, v: number): PlaneComponent[] {
  return components.map((component) => ({
    ...component,
    mean: [Math.sqrt(a) * component.mean[0], Math.sqrt(a) * component.mean[1]],
    variances: [a * component.variances[0] + v, a * component.variances[1] + v],
  }));
}

/** The components of x given that √a x + √v ε is z: each one's product with the kernel, weighted by its share at z. */
function given(components: readonly PlaneComponent[], z: Point, a: number, v: number): PlaneComponent[] {
  const seen = noised(components, a, v);
  const shares = sharesAt(seen, z);
  return components.map(({ mean, axes, variances }, k) => {
    const offset = along(axes, [z[0] - seen[k].mean[0], z[1] - seen[k].mean[1]]);
    const step = offset.map((value, i) => (Math.sqrt(a) * variances[i] * value) / seen[k].variances[i]);
    return {
      weight: shares[k],
      mean: [
        mean[0] + step[0] * axes[0][0] + step[1] * axes[1][0],
        mean[1] + step[0] * axes[0][1] + step[1] * axes[1][1],
      ],
      axes,
      variances: [(variances[0] * v) / seen[k].variances[0], (variances[1] * v) / seen[k].variances[1]],
    };
  });
}

function sharesAt(components: readonly PlaneComponent[], z: Point): number[] {
  const joint = components.map((component) => logJoint(component, z));
  const total = logSumExp(joint);
  return joint.map((value) => Math.exp(value - total));
}

function meanOf(components: readonly PlaneComponent[]): Point {
  const coordinate = (i: 0 | 1): number => sum(components.map(({ weight, mean }) => weight * mean[i]));
  return [coordinate(0), coordinate(1)];
}

/** ∂ log q(z) / ∂z: the components' scores, weighted by their shares. */
function scoreOf(components: readonly PlaneComponent[], z: Point): Point {
  const shares = sharesAt(components, z);
  const scores = components.map(({ mean, axes, variances }) => {
    const [first, second] = along(axes, [mean[0] - z[0], mean[1] - z[1]]).map(
      (value, i) => value / variances[i],
    );
    return [first * axes[0][0] + second * axes[1][0], first * axes[0][1] + second * axes[1][1]];
  });
  const coordinate = (i: 0 | 1): number => sum(scores.map((score, k) => shares[k] * score[i]));
  return [coordinate(0), coordinate(1)];
}

function logJoint({ weight, mean, axes, variances }: PlaneComponent, x: Point): number {
  const [first, second] = along(axes, [x[0] - mean[0], x[1] - mean[1]]);
  const squares = first ** 2 / variances[0] + second ** 2 / variances[1];
  return (
    Math.log(weight) - 0.5 * squares - Math.log(2 * Math.PI) - 0.5 * Math.log(variances[0] * variances[1])
  );
}

/** A vector's coordinates along the axes. */
function along(axes: readonly [Point, Point], [x, y]: Point): [number, number] {
  return [axes[0][0] * x + axes[0][1] * y, axes[1][0] * x + axes[1][1] * y];
}

function sample(components: readonly PlaneComponent[], count: number, seed: Seed = nextSeed()): tf.Tensor2D {
  checkInteger("count", count, 0);
  const choices = uniformValues(seedWords(foldIn(seed, 0)), count);
  const noise = normalValues(seedWords(foldIn(seed, 1)), 2 * count);
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const { mean, axes, variances } = pick(components, choices[i]);
    const first = Math.sqrt(variances[0]) * noise[2 * i];
    const second = Math.sqrt(variances[1]) * noise[2 * i + 1];
    points[2 * i] = mean[0] + first * axes[0][0] + second * axes[1][0];
    points[2 * i + 1] = mean[1] + first * axes[0][1] + second * axes[1][1];
  }
  return tf.tensor2d(points, [count, 2]);
}

function componentsOf({ means, deviations, angles, weights }: PlaneMixtureParameters): PlaneComponent[] {
  const count = means.length;
  const lengths = {
    means: count,
    deviations: deviations.length,
    angles: angles?.length,
    weights: weights?.length,
  };
  if (count === 0 || Object.values(lengths).some((length) => length !== undefined && length !== count)) {
    const seen = Object.entries(lengths).map(([name, length]) => `${name} has ${length ?? "none"}`);
    throw new RangeError(`${seen.join(", ")}: give one entry for every component.`);
  }
  const components = means.map((mean, k): PlaneComponent => {
    checkFinite(`means[${k}]`, mean);
    const deviation = deviations[k];
    const [first, second] = typeof deviation === "number" ? [deviation, deviation] : deviation;
    for (const value of [first, second]) checkNumber(`deviations[${k}]`, value, Number.MIN_VALUE);
    const angle = angles?.[k] ?? 0;
    checkNumber(`angles[${k}]`, angle);
    const weight = weights?.[k] ?? 1 / count;
    checkNumber(`weights[${k}]`, weight, Number.MIN_VALUE);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return {
      weight,
      mean,
      axes: [
        [cos, sin],
        [-sin, cos],
      ],
      variances: [first ** 2, second ** 2],
    };
  });
  const total = sum(components.map(({ weight }) => weight));
  if (Math.abs(total - 1) > 1e-9) {
    throw new RangeError(`The weights add up to ${total}; probabilities add up to 1.`);
  }
  return components;
}
