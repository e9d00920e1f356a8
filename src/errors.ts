/** Checks of arguments. Each error names the argument, says what came, and what would do. */
import type { Tensor, DataType } from "@tensorflow/tfjs-core";

/** @throws RangeError unless the number is an integer within [from, to] */
export function checkInteger(name: string, value: number, from: number, to: number = Infinity): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  const range = to === Infinity ? `of ${from} or more` : `from ${from} to ${to}`;
  throw new RangeError(`${name} is ${String(value)}; use a whole number ${range}.`);
}

/** @throws RangeError unless the number is finite and within [from, to] */
export function checkNumber(
  name: string,
  value: number,
  from: number = -Infinity,
  to: number = Infinity,
): void {
  if (Number.isFinite(value) && value >= from && value <= to) return;
  throw new RangeError(`${name} is ${String(value)}; use a finite number${rangeText(from, to)}.`);
}

/** @throws RangeError at the first value that is not finite (NaN or an infinity) */
export function checkFinite(name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(
        `${name}[${i}] is ${String(values[i])}; all ${values.length} must be finite numbers.`,
      );
    }
  }
}

/** Compares shapes; of `expected`, an entry of null stands for any size.
 * @throws RangeError if they differ */
export function checkShape(
  name: string,
  shape: readonly number[],
  expected: readonly (number | null)[],
): void {
  const fits = shape.length === expected.length && shape.every((size, i) => (expected[i] ?? size) === size);
  if (fits) return;
  const wanted = expected.map((size) => size ?? "any").join(", ");
  throw new RangeError(`${name} has the shape [${shape.join(", ")}]; use [${wanted}].`);
}

/** @throws TypeError if the tensor's type is another */
export function checkType(name: string, tensor: Tensor, dtype: DataType): void {
  if (tensor.dtype === dtype) return;
  throw new TypeError(
    `${name} is a tensor of ${tensor.dtype}; use ${dtype}, as by ${name}.cast("${dtype}").`,
  );
}

/** Looks at every value of the tensor, which must therefore come to the host: for tests and rare checks, not for
 * inner loops.
 * @throws RangeError if one is not finite */
export async function checkFiniteTensor(name: string, tensor: Tensor): Promise<void> {
  checkFinite(name, await tensor.data());
}

function rangeText(from: number, to: number): string {
  if (from > -Infinity && to < Infinity) return ` from ${from} to ${to}`;
  if (from > -Infinity) return ` of ${from} or more`;
  return to < Infinity ? ` of ${to} or less` : "";
}
