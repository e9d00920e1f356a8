/** Arrays in double precision, for references that share nothing with TensorFlow. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** The array whose numbers are given by their indices. */
export function build(shape: readonly number[], entry: (...index: number[]) => number): NdArray {
  const values = new Float64Array(size(shape));
  for (let i = 0; i < values.length; i++) values[i] = entry(...indexOf(i, shape));
  return { shape, values };
}

/** The entry at an index; outside of the array it is 0. */
export function at({ shape, values }: NdArray, ...index: number[]): number {
  let flat = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    if (index[axis] < 0 || index[axis] >= shape[axis]) return 0;
    flat = flat * shape[axis] + index[axis];
  }
  return values[flat];
}

/** Σ term(i) over 0 ≤ i < count. */
export function sum(count: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}

export function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function indexOf(flat: number, shape: readonly number[]): number[] {
  const index = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = flat % shape[axis];
    flat = Math.floor(flat / shape[axis]);
  }
  return index;
}
