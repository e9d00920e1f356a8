/** Arguments and results of compiled steps: tensors, by themselves or in arrays and objects, among other plain values. */
import { tf } from "../backend/tf";

/** What a compiled step takes and gives. Values that are no tensors are fixed: another one is another program. */
export type Nested =
  | tf.Tensor
  | number
  | string
  | boolean
  | null
  | undefined
  | readonly Nested[]
  | { readonly [name: string]: Nested };

/** A value without its tensors, and these in order. */
export interface Flat {
  readonly tensors: readonly tf.Tensor[];
  /** Equal for values that differ in the numbers within their tensors only. */
  readonly key: string;
  /** The value with other tensors in the places of its own. */
  rebuild(tensors: readonly tf.Tensor[]): unknown;
}

interface Part {
  readonly key: string;
  readonly rebuild: (next: () => tf.Tensor) => unknown;
}

/** @throws TypeError for a value of another kind than {@link Nested} */
export function flatten(name: string, value: unknown): Flat {
  const tensors: tf.Tensor[] = [];
  const visit = (path: string, part: unknown): Part => {
    if (part instanceof tf.Tensor) {
      const tensor = part as tf.Tensor;
      tensors.push(tensor);
      return { key: `${tensor.dtype}[${tensor.shape.join()}]`, rebuild: (next) => next() };
    }
    if (Array.isArray(part)) {
      const parts = part.map((each: unknown, i) => visit(`${path}[${i}]`, each));
      return {
        key: `(${parts.map(({ key }) => key).join()})`,
        rebuild: (next) => parts.map((each) => each.rebuild(next)),
      };
    }
    if (typeof part === "object" && part !== null) {
      if (Object.getPrototypeOf(part) !== Object.prototype) throw wrongKind(path, part);
      const parts = Object.entries(part).map(([key, each]) => [key, visit(`${path}.${key}`, each)] as const);
      return {
        key: `{${parts.map(([field, { key }]) => `${JSON.stringify(field)}:${key}`).join()}}`,
        rebuild: (next) => Object.fromEntries(parts.map(([field, each]) => [field, each.rebuild(next)])),
      };
    }
    if (typeof part === "function" || typeof part === "symbol" || typeof part === "bigint")
      throw wrongKind(path, part);
    return { key: typeof part === "string" ? JSON.stringify(part) : String(part), rebuild: () => part };
  };
  const { key, rebuild } = visit(name, value);
  return {
    tensors,
    key,
    rebuild(others) {
      let i = 0;
      return rebuild(() => others[i++]);
    },
  };
}

function wrongKind(path: string, value: unknown): TypeError {
  const kind =
    value instanceof Promise
      ? "a promise"
      : typeof value === "object"
        ? "an object of a class"
        : `a ${typeof value}`;
  const cure =
    value instanceof Promise
      ? "make the step a plain function, without async"
      : "use tensors, numbers, texts, and arrays and objects of them";
  return new TypeError(`${path} is ${kind}; ${cure}.`);
}
