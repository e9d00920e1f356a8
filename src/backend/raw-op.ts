import type { DataType, Tensor } from "@tensorflow/tfjs-core";
import { internals, type Internals } from "./internals";
import { nativeBackend } from "./native";

/** An attribute of an operation, as TensorFlow's `OpDef` types it; a plain string is a type of tensors. */
export type Attribute =
  | DataType
  | boolean
  | { readonly int: number | readonly number[] }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly shape: readonly number[] };

export type Attributes = Readonly<Record<string, Attribute>>;

/** An attribute as the binding wants it. */
export interface BindingAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | number[];
}

/** Whether {@link rawOp} can be called. */
export function hasRawOps(): boolean {
  return nativeBackend() !== undefined;
}

/** Runs an operation of TensorFlow itself, also one that TensorFlow.js does not offer. No gradient is recorded: inside
 * of `tf.customGrad` say what it is.
 * @returns its only output
 * @throws Error on another backend than the native one, or what TensorFlow says is wrong */
export function rawOp(name: string, attributes: Attributes, inputs: readonly Tensor[]): Tensor {
  return rawOps(name, attributes, inputs, 1)[0];
}

/** {@link rawOp} for operations with another number of outputs than one. */
export function rawOps(
  name: string,
  attributes: Attributes,
  inputs: readonly Tensor[],
  outputs: number,
): Tensor[] {
  return native(name).executeMultipleOutputs(name, bindingAttributes(attributes), [...inputs], outputs);
}

/** Attributes as the binding wants them.
 * @throws Error on another backend than the native one */
export function bindingAttributes(attributes: Attributes): BindingAttribute[] {
  const backend = native("with attributes");
  return Object.entries(attributes).map(([name, value]) => bindingAttribute(backend, name, value));
}

function native(operation: string): Internals {
  const backend = internals();
  if (!backend) throw new Error(`The operation ${operation} needs the native backend.`);
  return backend;
}

function bindingAttribute(backend: Internals, name: string, attribute: Attribute): BindingAttribute {
  const { binding } = backend;
  if (typeof attribute === "string") {
    return { name, type: binding.TF_ATTR_TYPE, value: backend.getDTypeInteger(attribute) };
  }
  if (typeof attribute === "boolean") return { name, type: binding.TF_ATTR_BOOL, value: attribute };
  if ("float" in attribute) return { name, type: binding.TF_ATTR_FLOAT, value: attribute.float };
  if ("text" in attribute) return { name, type: binding.TF_ATTR_STRING, value: attribute.text };
  if ("shape" in attribute) return { name, type: binding.TF_ATTR_SHAPE, value: [...attribute.shape] };
  const { int } = attribute;
  return { name, type: binding.TF_ATTR_INT, value: typeof int === "number" ? int : [...int] };
}
