import type { DataType, Tensor } from "@tensorflow/tfjs-core";
import { nativeBackend } from "./native";

/** The part of tfjs-node's backend that runs any operation by name. */
interface RawBackend {
  readonly binding: { readonly TF_ATTR_TYPE: number };
  getDTypeInteger(dtype: DataType): number;
  executeSingleOutput(name: string, attributes: object[], inputs: Tensor[]): Tensor;
}

/** Whether {@link rawOp} can be called. */
export function hasRawOps(): boolean {
  return nativeBackend() !== undefined;
}

/** Runs an operation of TensorFlow itself, also one that TensorFlow.js does not offer.
 * @param types the operation's attributes of kind "type"
 * @returns its only output
 * @throws Error on another backend than the native one, or what TensorFlow says is wrong */
export function rawOp(
  name: string,
  types: Readonly<Record<string, DataType>>,
  inputs: readonly Tensor[],
): Tensor {
  const backend: RawBackend | undefined = nativeBackend();
  if (!backend) throw new Error(`The operation ${name} needs the native backend.`);
  const attributes = Object.entries(types).map(([key, type]) => ({
    name: key,
    type: backend.binding.TF_ATTR_TYPE,
    value: backend.getDTypeInteger(type),
  }));
  return backend.executeSingleOutput(name, attributes, [...inputs]);
}
