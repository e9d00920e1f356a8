import type { DataId, DataType, Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import { nativeBackend } from "./native";
import type { BindingAttribute } from "./raw-op";

/** What the addon tells of a tensor: its number there, and TensorFlow's number for its type. */
export interface TensorMetadata {
  readonly id: number;
  readonly dtype: number;
  readonly shape: number[];
}

/** Values as the addon takes and gives them. */
export type BindingValues = Float32Array | Int32Array | Uint8Array;

type AttributeKind = "TYPE" | "BOOL" | "INT" | "FLOAT" | "STRING" | "SHAPE";

/** The functions of tfjs-node's addon that are used here, and its numbers for the kinds of attributes. */
export interface Binding extends Readonly<Record<`TF_ATTR_${AttributeKind}`, number>> {
  createTensor(shape: readonly number[], dtype: number, values: BindingValues): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): BindingValues;
  executeOp(
    name: string,
    attributes: readonly BindingAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** @param inputNames and outputNames: joined with commas */
  runSavedModel(
    id: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ): TensorMetadata[];
}

/** Where tfjs-node keeps a tensor's values: in the addon under a number, or here until an operation needs them. */
export interface Storage {
  /** -1 while the addon has no such tensor. */
  id: number;
  readonly dtype: number;
  readonly shape: readonly number[];
  values: BindingValues | null;
  refCount: number;
}

/** tfjs-node's backend with its private parts, which tracing has to reach. They are those of version 4.22, which is
 * pinned; {@link internals} looks whether they are there. */
export interface Internals {
  binding: Binding;
  readonly tensorMap: { get(id: DataId): Storage; has(id: DataId): boolean };
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  getDTypeInteger(dtype: DataType): number;
  createOutputTensor(metadata: TensorMetadata): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly BindingAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
  readSync(id: DataId): BindingValues;
  read(id: DataId): Promise<BindingValues>;
  move(id: DataId, values: BindingValues, shape: number[], dtype: DataType, refCount: number): void;
  incRef(id: DataId): void;
  disposeData(id: DataId, force?: boolean): boolean;
}

/** The native backend's private parts.
 * @returns undefined on another backend
 * @throws Error if TensorFlow.js has changed them */
export function internals(): Internals | undefined {
  const backend = nativeBackend() as unknown as Internals | undefined;
  if (!backend || backend === checked) return backend;
  const names = [
    "binding",
    "tensorMap",
    "getInputTensorIds",
    "createOutputTensor",
    "readSync",
    "move",
  ] as const;
  const missing = names.find((name) => !(name in backend));
  if (missing)
    throw new Error(`This version of tfjs-node has no ${missing}: use the version of package.json.`);
  return (checked = backend);
}
let checked: Internals | undefined;
