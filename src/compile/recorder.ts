import type { DataId, DataType, Tensor, TensorInfo, Variable } from "@tensorflow/tfjs-core";
import type { Binding, BindingValues, Internals, Storage, TensorMetadata } from "../backend/internals";
import type { BindingAttribute } from "../backend/raw-op";
import { tf } from "../backend/tf";
import { nodeAttributes } from "./attributes";
import { separate } from "./separate";
import { outputShapes, sizeOf, type TypeAndShape } from "./shapes";
import {
  types,
  type Event,
  type NodeAttributes,
  type Numbers,
  type Trace,
  type Value,
  type ValueId,
} from "./trace";

/** A trace of a step that ran on the native backend. */
export type StepTrace = Trace<Variable, CapturedTensor>;

/** A tensor of outside: its values are kept until {@link CapturedTensor.release}. */
export interface CapturedTensor {
  readonly dataId: DataId;
  release(): void;
}

/** Values of a trace have numbers from here on; the addon's own tensors never reach so far. */
const firstId = 2 ** 30;

let active: Recorder | undefined;

/** The recorder of the step that is being traced, if one is. */
export const activeRecorder = (): Recorder | undefined => active;

/** Runs a step without computing anything, and writes down what it does.
 *
 * Every operation of TensorFlow.js ends in the addon's `executeOp`. While a step is traced that function is ours: it
 * works out the shapes and types of the results, and gives them numbers that no tensor has.
 * @param inputs the step's arguments, of which types and shapes count
 * @param step gets tensors in their place: an argument and a tensor of outside are two things, even if they are one at the
 * first call
 * @throws Error with the reason, at the line of the step that cannot be traced */
export function record(
  backend: Internals,
  inputs: readonly Tensor[],
  step: (inputs: readonly Tensor[]) => readonly Tensor[],
): StepTrace {
  if (active) throw new Error("A step is already being traced.");
  const recorder = new Recorder(backend, inputs);
  active = recorder;
  try {
    return recorder.run(step);
  } catch (error) {
    recorder.releaseCaptured();
    throw error;
  } finally {
    active = undefined;
  }
}

interface Held {
  readonly variable: Variable;
  /** A reference to the variable's tensor of before. */
  readonly old: Tensor;
  readonly before: Value;
  used: boolean;
}

export class Recorder {
  private readonly events: Event[] = [];
  private readonly values = new Map<ValueId, Value>();
  private readonly constants = new Map<ValueId, Numbers>();
  /** Names of values by the tensors' data: the variables, and other tensors of outside. */
  private readonly names = new Map<DataId, ValueId>();
  private readonly inputs: Value[];
  private readonly held: Held[] = [];
  private readonly heldByValue = new Map<ValueId, Held>();
  private readonly captured: { value: Value; tensor: CapturedTensor }[] = [];
  private readonly storages: Storage[] = [];
  private readonly madeHere = new WeakSet<DataId>();
  private readonly makers = new Map<ValueId, string>();
  private readonly binding: Binding;
  private failure: Error | undefined;
  private nextId = firstId;

  constructor(
    private readonly backend: Internals,
    inputs: readonly Tensor[],
  ) {
    this.binding = backend.binding;
    this.inputs = inputs.map(({ dtype, shape }) =>
      this.newValue({ type: backend.getDTypeInteger(dtype), shape }, ""),
    );
  }

  run(step: (inputs: readonly Tensor[]) => readonly Tensor[]): StepTrace {
    const known = new Set(Object.keys(tf.engine().registeredVariables));
    this.holdVariables();
    const restore = this.intercept();
    let trace: StepTrace | undefined;
    try {
      tf.tidy(() => {
        const results = step(this.inputs.map((value) => this.tensor(value)));
        this.refuseNewVariables(known);
        const outputs = results.map((tensor) => this.value(this.nameOf(tensor)));
        trace = { inputs: this.inputs, captured: this.captured, outputs, ...this.changes() };
      });
      if (this.failure) throw this.failure;
    } finally {
      this.giveBackVariables();
      restore();
      // A tensor that the step has left somewhere must not lead to a tensor of the addon.
      for (const storage of this.storages) if (storage.id >= firstId) storage.id = -1;
    }
    return trace as unknown as StepTrace;
  }

  /** Records an operation that changes variables where they lie; see {@link updateInPlace}. */
  update(
    name: string,
    attributes: readonly BindingAttribute[],
    variables: readonly Variable[],
    inputs: readonly Tensor[],
  ): void {
    const before = variables.map((variable) => this.nameOf(variable));
    const others = inputs.map((tensor) => this.nameOf(tensor));
    const after = before.map((id) => this.newValue(this.value(id), name));
    const positions = variables.map((variable) => this.position(variable));
    this.events.push({
      kind: "update",
      name,
      attributes: nodeAttributes(this.binding, attributes),
      variables: positions,
      before,
      after,
      inputs: others,
    });
    variables.forEach((variable, i) => {
      const tensor = this.tensor(after[i]);
      variable.assign(tensor);
      tensor.dispose();
    });
  }

  releaseCaptured(): void {
    for (const { tensor } of this.captured) tensor.release();
  }

  // Variables

  /** Takes a second reference to what each variable holds, and names it. */
  private holdVariables(): void {
    for (const variable of Object.values(tf.engine().registeredVariables)) {
      if (variable.isDisposed || variable.dtype === "string") continue;
      separate(this.backend, variable);
      const before = this.nameOutside(variable);
      const held = { variable, old: tf.keep(variable.clone()), before, used: false };
      this.held.push(held);
      this.heldByValue.set(before.id, held);
    }
  }

  private position(variable: Variable): number {
    const position = this.held.findIndex((held) => held.variable === variable);
    if (position < 0)
      throw new Error("A variable that is updated must be made by tf.variable, before the step.");
    this.held[position].used = true;
    return position;
  }

  /** The variables that the step reads or changes, and its events in terms of their positions. */
  private changes(): Pick<StepTrace, "variables" | "events"> {
    const after = this.held.map(({ variable, old, before }) =>
      variable.dataId === old.dataId ? before.id : this.nameOf(variable),
    );
    const kept = this.held.flatMap((held, i) => (held.used || after[i] !== held.before.id ? [i] : []));
    const position = new Map(kept.map((i, position) => [i, position]));
    return {
      variables: kept.map((i) => ({ ...this.held[i], after: after[i] })),
      events: this.events.map((event) =>
        event.kind !== "update"
          ? event
          : { ...event, variables: event.variables.map((i) => position.get(i) ?? -1) },
      ),
    };
  }

  private giveBackVariables(): void {
    for (const { variable, old } of this.held) {
      if (variable.dataId !== old.dataId && !variable.isDisposed) variable.assign(old);
      old.dispose();
    }
  }

  private refuseNewVariables(known: ReadonlySet<string>): void {
    const variables = tf.engine().registeredVariables;
    const made = Object.keys(variables).filter((name) => !known.has(name));
    if (made.length === 0) return;
    for (const name of made) variables[name].dispose();
    throw new Error(
      `The step makes ${made.length === 1 ? "a variable" : `${made.length} variables`} (${made.slice(0, 3).join(", ")}). ` +
        "A compiled step keeps its variables from call to call: make them before, outside of the step.",
    );
  }

  // Names

  private newValue({ type, shape }: TypeAndShape, maker: string): Value {
    const value = { id: this.nextId++, type, shape: [...shape] };
    this.values.set(value.id, value);
    this.makers.set(value.id, maker);
    return value;
  }

  /** Names what is not made within the step. */
  private nameOutside(tensor: TensorInfo): Value {
    const value = this.newValue(
      { type: this.backend.getDTypeInteger(tensor.dtype), shape: tensor.shape },
      "",
    );
    this.names.set(tensor.dataId, value.id);
    return value;
  }

  private value(id: ValueId): Value {
    const value = this.values.get(id);
    if (!value)
      throw new Error("The step uses a tensor that another compiled step has made and not returned.");
    return value;
  }

  private nameOf(tensor: TensorInfo): ValueId {
    const outside = this.names.get(tensor.dataId);
    if (outside !== undefined) {
      const held = this.heldByValue.get(outside);
      if (held) held.used = true;
      return outside;
    }
    if (!this.backend.tensorMap.has(tensor.dataId)) throw new Error(disposedTensor(tensor));
    const storage = this.backend.tensorMap.get(tensor.dataId);
    if (storage.id >= firstId) return storage.id;
    if (storage.values && this.madeHere.has(tensor.dataId)) return this.constant(storage, storage.values);
    return this.capture(tensor);
  }

  private constant(storage: Storage, numbers: BindingValues): ValueId {
    const value = this.newValue({ type: storage.dtype, shape: storage.shape }, "a constant");
    if (!ArrayBuffer.isView(numbers)) throw new Error("A step of strings cannot be compiled.");
    this.constants.set(value.id, numbers);
    this.events.push({ kind: "constant", value, numbers });
    storage.id = value.id;
    storage.values = null;
    this.storages.push(storage);
    return value.id;
  }

  private capture(tensor: TensorInfo): ValueId {
    const { backend } = this;
    const { dataId } = tensor;
    const value = this.nameOutside(tensor);
    backend.incRef(dataId);
    this.captured.push({ value, tensor: { dataId, release: () => void backend.disposeData(dataId) } });
    return value.id;
  }

  private tensor(value: Value): Tensor {
    return this.backend.createOutputTensor({ id: value.id, dtype: value.type, shape: [...value.shape] });
  }

  // What TensorFlow.js calls while the step runs

  private intercept(): () => void {
    const { backend } = this;
    const original = Object.getOwnPropertyDescriptors(backend) as Record<
      string,
      PropertyDescriptor | undefined
    >;
    const random = Object.getOwnPropertyDescriptor(Math, "random") as PropertyDescriptor;
    const { createOutputTensor, move, readSync } = {
      createOutputTensor: backend.createOutputTensor.bind(backend),
      move: backend.move.bind(backend),
      readSync: backend.readSync.bind(backend),
    };
    const visible = (id: DataId): BindingValues | undefined =>
      this.numbersOf(id) ?? (this.isVisible(id) ? readSync(id) : undefined);
    const refuseRead = (id: DataId): Error => (this.failure = new Error(this.readingOf(id)));
    Object.assign(backend, {
      binding: this.recordingBinding(),
      getInputTensorIds: (tensors: readonly TensorInfo[]) => tensors.map((tensor) => this.nameOf(tensor)),
      createOutputTensor: (metadata: TensorMetadata) => {
        const tensor = createOutputTensor(metadata);
        this.storages.push(backend.tensorMap.get(tensor.dataId));
        return tensor;
      },
      move: (id: DataId, values: BindingValues, shape: number[], dtype: DataType, references: number) => {
        this.madeHere.add(id);
        move(id, values, shape, dtype, references);
      },
      readSync: (id: DataId) => {
        const values = visible(id);
        if (values) return values;
        throw refuseRead(id);
      },
      read: (id: DataId) => {
        const values = visible(id);
        if (values) return Promise.resolve(values);
        refuseRead(id);
        return new Promise(() => undefined); // the step may not wait for it; `failure` says so
      },
    });
    Math.random = (): never => {
      throw (this.failure = new Error(javaScriptRandomness));
    };
    return () => {
      Object.defineProperty(Math, "random", random);
      for (const key of ["getInputTensorIds", "createOutputTensor", "move", "readSync", "read"] as const) {
        const own = original[key];
        if (own) Object.defineProperty(backend, key, own);
        else Reflect.deleteProperty(backend, key);
      }
      backend.binding = this.binding;
    };
  }

  private recordingBinding(): Binding {
    const refuse = (what: string) => (): never => {
      throw new Error(`${what} cannot be part of a compiled step.`);
    };
    const changed: Partial<Binding> = {
      executeOp: (name, attributes, inputs, outputs) => this.operation(name, attributes, inputs, outputs),
      deleteTensor: (id) => {
        if (id < firstId) this.binding.deleteTensor(id);
      },
      createTensor: refuse("A tensor of int64 or strings"),
      runSavedModel: refuse("A saved model"),
      loadSavedModel: refuse("A saved model"),
    };
    return Object.create(this.binding, Object.getOwnPropertyDescriptors(changed)) as Binding;
  }

  private operation(
    name: string,
    attributes: readonly BindingAttribute[],
    inputs: readonly ValueId[],
    outputs: number,
  ): TensorMetadata[] {
    if (randomOperations.has(name)) throw new Error(statefulRandomness(name));
    const known = inputs.map((id) => ({ ...this.value(id), numbers: this.constants.get(id) }));
    const shapes = outputShapes(name, attributes, known) ?? this.tryOut(name, attributes, known, outputs);
    const made = shapes.slice(0, outputs).map((shape) => this.newValue(shape, name));
    this.events.push({
      kind: "operation",
      name,
      attributes: this.completed(name, nodeAttributes(this.binding, attributes), known),
      inputs: [...inputs],
      outputs: made,
    });
    return made.map(({ id, type, shape }) => ({ id, dtype: type, shape: [...shape] }));
  }

  /** tfjs-node leaves one attribute to the eager runtime. */
  private completed(
    name: string,
    attributes: NodeAttributes,
    [input]: readonly TypeAndShape[],
  ): NodeAttributes {
    return name === "ExpandDims" ? { T: { type: input.type }, ...attributes } : attributes;
  }

  /** The shapes that an operation gives when it runs on zeros: for operations that are not known here. */
  private tryOut(
    name: string,
    attributes: readonly BindingAttribute[],
    inputs: readonly (TypeAndShape & { readonly numbers: Numbers | undefined })[],
    outputs: number,
  ): TypeAndShape[] {
    const { binding } = this;
    const made = inputs.map(({ type, shape, numbers }) =>
      binding.createTensor(shape, type, numbers ?? zeros(type, shape)),
    );
    try {
      const results = binding.executeOp(name, attributes, made, outputs);
      for (const { id } of results) binding.deleteTensor(id);
      return results.map(({ dtype, shape }) => ({ type: dtype, shape }));
    } finally {
      for (const id of made) binding.deleteTensor(id);
    }
  }

  // Reading on the host

  /** A constant's numbers. */
  private numbersOf(id: DataId): BindingValues | undefined {
    if (this.names.has(id)) return undefined;
    const storage = this.backend.tensorMap.get(id);
    return storage.values ?? this.constants.get(storage.id)?.slice();
  }

  /** Whether a tensor of outside, and no variable or argument, is read: its values are the same at every call. */
  private isVisible(id: DataId): boolean {
    const name = this.names.get(id);
    if (name !== undefined) return this.captured.some(({ value }) => value.id === name);
    return this.backend.tensorMap.get(id).id < firstId;
  }

  private readingOf(id: DataId): string {
    const name = this.names.get(id) ?? this.backend.tensorMap.get(id).id;
    const what = this.heldByValue.has(name)
      ? "a variable"
      : this.inputs.some((value) => value.id === name)
        ? "an argument"
        : `the result of ${this.makers.get(name) ?? "an operation"}`;
    return (
      `The step reads ${what} on the host (by data, dataSync, array, print or the like). A compiled step is traced ` +
      `once, before there are any values: return the tensor from the step and read it there.`
    );
  }
}

const disposedTensor = ({ dtype, shape }: TensorInfo): string =>
  `The step uses a tensor (${dtype}, [${shape.join(", ")}]) that has been disposed, as tf.tidy does at its end: keep it ` +
  "with tf.keep until the step has been called once for each shape of its arguments.";

const javaScriptRandomness =
  "The step draws random numbers in JavaScript (Math.random, or tf.randomNormal and its like, which call it). They " +
  "would be the same at every call of the compiled step: use randomNormal and randomUniform of this library.";

const randomOperations = new Set([
  "Multinomial",
  "RandomStandardNormal",
  "RandomUniform",
  "RandomUniformInt",
  "TruncatedNormal",
]);

const statefulRandomness = (name: string): string =>
  `${name} draws random numbers from a state of its own, so that a run could not be repeated: use randomNormal and ` +
  "randomUniform of this library.";

function zeros(type: number, shape: readonly number[]): Numbers {
  const size = sizeOf(shape);
  if (type === types.float32) return new Float32Array(size);
  return type === types.bool || type === types.uint8 ? new Uint8Array(size) : new Int32Array(size);
}
