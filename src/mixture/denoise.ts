import { tf } from "../backend/tf";
import { checkShape } from "../errors";
import { checkSamples } from "../process/normal";
import type { Denoiser } from "../prediction";
import { kernelVariance, type Schedule } from "../schedule";
import type { GaussianMixture } from "./mixture";
import type { PlaneMixture } from "./plane";

/** A mixture of which tensors can be denoised. */
export type AnyMixture = GaussianMixture | PlaneMixture;

/** The perfect denoiser of a mixture, E[x | z_t], on tensors: of shape [batch] or [batch, 1] on the line, [batch, 2] in the plane. It
 * is differentiable, and can be part of a compiled step.
 * @throws RangeError or TypeError at a call for a shape, type or t that does not fit */
export function exactDenoiser(mixture: AnyMixture, schedule: Schedule): Denoiser {
  return (z, t) => {
    const variance = kernelVariance(t, schedule);
    return tf.tidy(() => denoiseMixture(mixture, z, tf.scalar(schedule.alpha[t]), tf.scalar(variance)));
  };
}

/** E[x | z] for z = √α x + √(1-α) ε: the components' means given z, each weighted by its share in the density of z. Within
 * a component, and along each of its axes, x given z is normal with the mean m + √α s² (z - √α m) / (α s² + 1 - α).
 * @param z float32 [batch], [batch, 1] or [batch, 2], as the mixture has dimensions
 * @param alpha a scalar, or [batch] with one for each point
 * @param variance 1 - α, of the same shape: given by itself, since the difference loses digits
 * @returns of the shape of z
 * @throws RangeError or TypeError for a shape or type that does not fit */
export function denoiseMixture(
  mixture: AnyMixture,
  z: tf.Tensor,
  alpha: tf.Tensor,
  variance?: tf.Tensor,
): tf.Tensor {
  checkSamples("z", z);
  const { weights, means, axes, variances, size } = tensorsOf(mixture);
  checkShape("z", z.shape, z.shape.length === 1 && size === 1 ? [null] : [null, size]);
  return tf.tidy(() => {
    // [batch, component, axis], with numbers that each point has for itself as [batch, 1, 1].
    const perPoint = (value: tf.Tensor): tf.Tensor =>
      value.shape.length === 0 ? value : value.reshape([-1, 1, 1]);
    const signal = perPoint(alpha).sqrt();
    const within = tf
      .tensor2d(variances)
      .mul(perPoint(alpha))
      .add(perPoint(variance ?? tf.sub(1, alpha)));
    const away = z.reshape([-1, 1, size]).sub(signal.mul(tf.tensor2d(means)));
    const along = turned(away, axes);
    const exponent = along.square().div(within).add(within.log()).sum(2).mul(-0.5);
    const shares = tf.softmax(exponent.add(tf.tensor1d(weights).log())).expandDims(2);
    const shift = turned(along.mul(signal.mul(tf.tensor2d(variances)).div(within)), axes && transposed(axes));
    return shift.add(tf.tensor2d(means)).mul(shares).sum(1).reshape(z.shape);
  });
}

/** The components' directions as rows of a matrix each, [component][axis][coordinate]; none on the line. */
type Axes = readonly (readonly (readonly number[])[])[];

interface Parts {
  readonly weights: number[];
  readonly means: number[][];
  readonly variances: number[][];
  readonly axes: Axes | undefined;
  readonly size: number;
}

function tensorsOf(mixture: AnyMixture): Parts {
  if (!("components" in mixture)) {
    const column = (values: Float64Array): number[][] => Array.from(values, (value) => [value]);
    return {
      weights: Array.from(mixture.weights),
      means: column(mixture.means),
      variances: column(mixture.deviations.map((deviation) => deviation ** 2)),
      axes: undefined,
      size: 1,
    };
  }
  const { components } = mixture;
  return {
    weights: components.map(({ weight }) => weight),
    means: components.map(({ mean }) => [...mean]),
    variances: components.map(({ variances }) => [...variances]),
    axes: components.map((component) => component.axes),
    size: 2,
  };
}

/** Coordinates [batch, component, 2] along each component's own axes. */
function turned(points: tf.Tensor, axes: Axes | undefined): tf.Tensor {
  if (!axes) return points;
  const row = (axis: number): tf.Tensor =>
    points.mul(tf.tensor2d(axes.map((directions) => [...directions[axis]]))).sum(2);
  return tf.stack([row(0), row(1)], 2);
}

const transposed = (axes: Axes): Axes =>
  axes.map(([[a, b], [c, d]]) => [
    [a, c],
    [b, d],
  ]);
