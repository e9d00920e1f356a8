import { tf } from "../backend/tf";
import { checkFinite, checkInteger, checkShape, checkType } from "../errors";

/** A sample of points in space, on the host. */
export interface Points {
  readonly count: number;
  readonly dimension: number;
  /** [count, dimension], row by row. */
  readonly values: Float32Array;
  /** The same points moved to lie about the origin, where float32 is finest. */
  readonly centred: Float32Array;
  /** What was taken from each point for that. */
  readonly centre: Float64Array;
}

/** Reads two samples, and moves both by the mean of all their points.
 * @param names what the caller's user knows them by
 * @throws RangeError or TypeError unless they are float32 matrices [n, d] and [m, d] of finite numbers, n and m ≥ 2 */
export async function readPoints(
  a: tf.Tensor2D,
  b: tf.Tensor2D,
  [nameA, nameB]: readonly [string, string] = ["a", "b"],
): Promise<readonly [Points, Points]> {
  checkMatrix(nameA, a, null);
  checkMatrix(nameB, b, a.shape[1]);
  return centredTogether(await valuesOf(nameA, a), await valuesOf(nameB, b), a.shape[1]);
}

/** As {@link readPoints}, but one point is enough, and a point may have any shape, such as an image's.
 * @throws RangeError or TypeError unless they are float32 tensors [n, ...] and [m, ...] of finite numbers */
export async function readFlattened(
  a: tf.Tensor,
  b: tf.Tensor,
  [nameA, nameB]: readonly [string, string],
): Promise<readonly [Points, Points]> {
  checkType(nameA, a, "float32");
  checkType(nameB, b, "float32");
  checkInteger(`${nameA}.rank`, a.rank, 1);
  checkShape(nameB, b.shape, [null, ...a.shape.slice(1)]);
  checkInteger(`${nameA}.shape[0]`, a.shape[0], 1);
  checkInteger(`${nameB}.shape[0]`, b.shape[0], 1);
  const dimension = a.size / a.shape[0];
  checkInteger(`the size of one of ${nameA}`, dimension, 1);
  return centredTogether(await valuesOf(nameA, a), await valuesOf(nameB, b), dimension);
}

/** The points from one index up to another, without copying. */
export function slice({ values, centred, centre, dimension }: Points, from: number, to: number): Points {
  const [first, end] = [from * dimension, to * dimension];
  return {
    count: to - from,
    dimension,
    values: values.subarray(first, end),
    centred: centred.subarray(first, end),
    centre,
  };
}

/** |x|² of the centred points. */
export function squaredNorms({ centred, count, dimension }: Points): Float64Array {
  const norms = new Float64Array(count);
  for (let i = 0, at = 0; i < count; i++) {
    for (let k = 0; k < dimension; k++, at++) norms[i] += centred[at] * centred[at];
  }
  return norms;
}

function checkMatrix(name: string, matrix: tf.Tensor2D, dimension: number | null): void {
  checkType(name, matrix, "float32");
  checkShape(name, matrix.shape, [null, dimension]);
  checkInteger(`${name}.shape[0]`, matrix.shape[0], 2);
  checkInteger(`${name}.shape[1]`, matrix.shape[1], 1);
}

async function valuesOf(name: string, tensor: tf.Tensor): Promise<Float32Array> {
  const values = await tensor.data<"float32">();
  checkFinite(name, values);
  return values;
}

function centredTogether(a: Float32Array, b: Float32Array, dimension: number): readonly [Points, Points] {
  const centre = meanOfRows([a, b], dimension);
  return [withCentred(a, centre), withCentred(b, centre)];
}

function meanOfRows(samples: readonly Float32Array[], dimension: number): Float64Array {
  const mean = new Float64Array(dimension);
  const count = samples.reduce((sum, values) => sum + values.length, 0) / dimension;
  for (const values of samples) {
    for (let i = 0; i < values.length; i++) mean[i % dimension] += values[i] / count;
  }
  return mean;
}

function withCentred(values: Float32Array, centre: Float64Array): Points {
  const dimension = centre.length;
  return {
    count: values.length / dimension,
    dimension,
    values,
    centred: values.map((value, i) => value - centre[i % dimension]),
    centre,
  };
}
