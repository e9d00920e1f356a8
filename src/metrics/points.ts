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
}

/** Reads two samples, and moves both by the mean of all their points.
 * @throws RangeError or TypeError unless they are float32 matrices [n, d] and [m, d] of finite numbers, n and m ≥ 2 */
export async function readPoints(a: tf.Tensor2D, b: tf.Tensor2D): Promise<readonly [Points, Points]> {
  checkMatrix("a", a, null);
  checkMatrix("b", b, a.shape[1]);
  const [valuesA, valuesB] = [await valuesOf("a", a), await valuesOf("b", b)];
  const mean = meanOfRows([valuesA, valuesB], a.shape[1]);
  return [withCentred(valuesA, mean), withCentred(valuesB, mean)];
}

/** The points from one index up to another, without copying. */
export function slice({ values, centred, dimension }: Points, from: number, to: number): Points {
  const [first, end] = [from * dimension, to * dimension];
  return {
    count: to - from,
    dimension,
    values: values.subarray(first, end),
    centred: centred.subarray(first, end),
  };
}

function checkMatrix(name: string, matrix: tf.Tensor2D, dimension: number | null): void {
  checkType(name, matrix, "float32");
  checkShape(name, matrix.shape, [null, dimension]);
  checkInteger(`${name}.shape[0]`, matrix.shape[0], 2);
  checkInteger(`${name}.shape[1]`, matrix.shape[1], 1);
}

async function valuesOf(name: string, matrix: tf.Tensor2D): Promise<Float32Array> {
  const values = await matrix.data<"float32">();
  checkFinite(name, values);
  return values;
}

function meanOfRows(samples: readonly Float32Array[], dimension: number): Float64Array {
  const mean = new Float64Array(dimension);
  const count = samples.reduce((sum, values) => sum + values.length, 0) / dimension;
  for (const values of samples) {
    for (let i = 0; i < values.length; i++) mean[i % dimension] += values[i] / count;
  }
  return mean;
}

function withCentred(values: Float32Array, mean: Float64Array): Points {
  const dimension = mean.length;
  return {
    count: values.length / dimension,
    dimension,
    values,
    centred: values.map((value, i) => value - mean[i % dimension]),
  };
}
