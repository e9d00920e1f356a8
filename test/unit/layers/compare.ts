import { deviceReport, randomNormal, tf } from "diffusion";
import { size, type NdArray } from "./array";

type Function<T> = (...inputs: T[]) => T;

/** How to compare. */
export interface Comparison {
  /** Largest error, relative to the largest number expected (or to 0.01, where all are smaller). */
  readonly tolerance?: number;
  /** The inputs' mean. */
  readonly mean?: number;
}

/** Compares a layer's value with a reference in double precision, and its gradients with central differences of that
 * reference, projected onto a random direction so that every number counts. Nothing may be left in memory, and nothing
 * be read on the host. */
export function expectLikeReference(
  layer: Function<tf.Tensor>,
  reference: Function<NdArray>,
  shapes: readonly (readonly number[])[],
  { tolerance = 1e-5, mean = 0 }: Comparison = {},
): void {
  const inputs = shapes.map((shape, i) => draws(shape, i, i === 0 ? mean : 0));
  const expected = reference(...inputs.map(inDouble));
  const direction = draws(expected.shape, 99);
  const actual = withoutTraces(inputs, () => evaluate(layer, inputs, direction));
  expect(actual.value.shape).toEqual(expected.shape);
  expectClose("value", actual.value.dataSync(), expected.values, tolerance);
  const slopes = differences(reference, inputs.map(inDouble), inDouble(direction));
  actual.gradients.forEach((gradient, i) => {
    expect(gradient.shape).toEqual(inputs[i].shape);
    expectClose(`gradient to input ${i}`, gradient.dataSync(), slopes[i], tolerance);
  });
  tf.dispose([inputs, direction, actual.value, actual.gradients]);
}

/** Compares a layer, its value and gradients, with the gradients that TensorFlow.js finds for a plain formula. Only the
 * native backend has all the operations for that. */
export function expectLikeAutodiff(
  layer: Function<tf.Tensor>,
  formula: Function<tf.Tensor>,
  shapes: readonly (readonly number[])[],
  { tolerance = 1e-4, mean = 0 }: Comparison = {},
): void {
  if (deviceReport().backend !== "native") return;
  tf.tidy(() => {
    const inputs = shapes.map((shape, i) => draws(shape, i, i === 0 ? mean : 0));
    const direction = draws(layer(...inputs).shape, 99);
    const actual = evaluate(layer, inputs, direction);
    const expected = evaluate(formula, inputs, direction);
    expectClose("value", actual.value.dataSync(), expected.value.dataSync(), tolerance);
    actual.gradients.forEach((gradient, i) => {
      expect(gradient.shape).toEqual(inputs[i].shape);
      expectClose(`gradient to input ${i}`, gradient.dataSync(), expected.gradients[i].dataSync(), tolerance);
    });
  });
}

/** Expects an error, and no tensor left by it. */
export function expectError(action: () => unknown, message: string): void {
  const before = tf.memory().numTensors;
  expect(action).toThrow(message);
  expect(tf.memory().numTensors).toBe(before);
}

export function expectClose(
  name: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  const largest = (list: number[]): number =>
    list.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const errors = Array.from(expected, (value, i) => actual[i] - value);
  expect(errors.every(Number.isFinite)).toBe(true);
  const error = largest(errors) / Math.max(largest(Array.from(expected)), 0.01);
  if (error > tolerance) throw new Error(`${name}: the relative error is ${error}, more than ${tolerance}.`);
}

/** Normal numbers with the deviation 1. */
export function draws(shape: readonly number[], seed: number, mean = 0): tf.Tensor {
  return tf.tidy(() => tf.add(randomNormal([...shape], seed), mean));
}

function evaluate(
  f: Function<tf.Tensor>,
  inputs: tf.Tensor[],
  direction: tf.Tensor,
): { value: tf.Tensor; gradients: tf.Tensor[] } {
  return { value: f(...inputs), gradients: tf.grads(f)(inputs, direction) };
}

function withoutTraces<T extends { value: tf.Tensor; gradients: tf.Tensor[] }>(
  inputs: tf.Tensor[],
  run: () => T,
): T {
  const before = tf.memory().numTensors;
  const read = jest.spyOn(tf.backend(), "readSync");
  const result = run();
  if (deviceReport().backend === "native") expect(read).not.toHaveBeenCalled();
  read.mockRestore();
  expect(tf.memory().numTensors).toBe(before + 1 + inputs.length);
  return result;
}

function inDouble(tensor: tf.Tensor): NdArray {
  return { shape: tensor.shape, values: Float64Array.from(tensor.dataSync()) };
}

/** The gradients of Σ direction · f(inputs), by central differences. */
function differences(f: Function<NdArray>, inputs: NdArray[], direction: NdArray): Float64Array[] {
  const projected = (): number => {
    const { values } = f(...inputs);
    return values.reduce((total, value, i) => total + value * direction.values[i], 0);
  };
  const step = 1e-4;
  return inputs.map(({ shape, values }) => {
    const slopes = new Float64Array(size(shape));
    for (let i = 0; i < slopes.length; i++) {
      const middle = values[i];
      values[i] = middle + step;
      const above = projected();
      values[i] = middle - step;
      slopes[i] = (above - projected()) / (2 * step);
      values[i] = middle;
    }
    return slopes;
  });
}
