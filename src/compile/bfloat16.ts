/** Mixed precision: a trace whose convolutions and matrix products compute with bfloat16, and what lies between them too
 * (Micikevicius et al. 2018; Kalamkar et al. 2019). Parameters, optimizer, statistics, sums and the loss stay in
 * float32. bfloat16 has float32's range, so that no scaling of the loss is needed. */
import { sizeOf } from "./shapes";
import {
  types,
  type Event,
  type NodeAttributes,
  type Operation,
  type Trace,
  type Update,
  type Value,
  type ValueId,
} from "./trace";

/** Which inputs and outputs of an operation may be bfloat16. */
interface Places {
  readonly inputs: (position: number) => boolean;
  readonly outputs: (position: number) => boolean;
}

const all: Places = { inputs: () => true, outputs: () => true };
const first = (inputs: number, outputs: number): Places => ({
  inputs: (position) => position < inputs,
  outputs: (position) => position < outputs,
});

/** These gain most: they are computed in bfloat16 whatever they are given. */
const always = new Map<string, Places>(
  ["BatchMatMulV2", "Conv2D", "Conv2DBackpropFilter", "Conv2DBackpropInput", "MatMul"].map((name) => [
    name,
    all,
  ]),
);

/** These go on in bfloat16 if all their large inputs are. */
const following = new Map<string, Places>([
  ...(
    "Add AddN AddV2 AvgPool AvgPoolGrad BiasAdd ConcatV2 CourseSilu CourseSiluGrad ExpandDims Identity Mul Neg " +
    "Pack Relu ReluGrad Reshape ResizeNearestNeighbor ResizeNearestNeighborGrad Sigmoid SigmoidGrad Slice SplitV " +
    "Transpose"
  )
    .split(" ")
    .map((name): [string, Places] => [name, all]),
  ["CourseBiasGrad", first(1, 0)],
  ["CourseGroupNorm", first(1, 1)],
  ["CourseGroupNormGrad", first(2, 1)],
]);

/** A tensor this small is no reason to leave bfloat16: a scale, a bias, an embedding that is added everywhere. */
const smallPart = 1 / 8;

/** The same step in mixed precision.
 * @param ownOperations whether there are those of kernels.cc, of which one adds faster */
export function toBfloat16<Variable, Captured>(
  trace: Trace<Variable, Captured>,
  ownOperations: boolean,
): Trace<Variable, Captured> {
  return new Converter(trace, ownOperations).convert() as Trace<Variable, Captured>;
}

class Converter {
  private readonly events: Event[] = [];
  private readonly values = new Map<ValueId, Value>();
  /** The bfloat16 and the float32 form of each value that has one. */
  private readonly low = new Map<ValueId, ValueId>();
  private readonly high = new Set<ValueId>();
  /** Values that were computed in float32, and only rounded for somebody's use. */
  private readonly rounded = new Set<ValueId>();
  private nextId: number;

  constructor(
    private readonly trace: Trace,
    private readonly ownOperations: boolean,
  ) {
    const outside = [
      ...trace.inputs,
      ...trace.captured.map(({ value }) => value),
      ...trace.variables.map(({ before }) => before),
    ];
    const made = trace.events.flatMap((event) =>
      event.kind === "constant" ? [event.value] : event.kind === "operation" ? event.outputs : event.after,
    );
    for (const value of [...outside, ...made]) this.values.set(value.id, value);
    for (const { id } of outside) this.high.add(id);
    this.nextId = Math.max(0, ...this.values.keys()) + 1;
  }

  convert(): Trace {
    for (const event of this.trace.events) {
      if (event.kind === "constant") {
        this.high.add(event.value.id);
        this.events.push(event);
      } else if (event.kind === "update") this.update(event);
      else this.operation(event);
    }
    for (const { id } of this.trace.outputs) this.inFloat32(id);
    for (const { after } of this.trace.variables) this.inFloat32(after);
    return { ...this.trace, events: this.events };
  }

  private update(event: Update): void {
    for (const id of [...event.before, ...event.inputs]) this.inFloat32(id);
    for (const { id } of event.after) this.high.add(id);
    this.events.push(event);
  }

  private operation(event: Operation): void {
    const places = always.get(event.name) ?? (this.canFollow(event) ? following.get(event.name) : undefined);
    if (places) this.lowOperation(event, places);
    else {
      for (const id of event.inputs) this.inFloat32(id);
      for (const { id } of event.outputs) this.high.add(id);
      this.events.push(event);
    }
  }

  private lowOperation(event: Operation, places: Places): void {
    const inputs = event.inputs.map((id, i) =>
      places.inputs(i) && this.isFloat(id) ? this.inBfloat16(id) : this.inFloat32(id),
    );
    const outputs = event.outputs.map((value, i) => {
      if (!places.outputs(i) || value.type !== types.float32) {
        this.high.add(value.id);
        return value;
      }
      const low = this.newValue(value, types.bfloat16);
      this.low.set(value.id, low.id);
      return low;
    });
    const name = this.nameOf(event);
    this.events.push({ ...event, name, inputs, outputs, attributes: toLow(event.attributes) });
  }

  private nameOf({ name, inputs }: Operation): string {
    const [a, b] = inputs.map((id) => this.value(id).shape.join());
    if (name !== "Add" && name !== "AddV2") return name;
    return this.ownOperations && a === b ? "CourseAdd" : "AddV2";
  }

  private canFollow(event: Operation): boolean {
    const places = following.get(event.name);
    if (!places) return false;
    const floats = event.inputs.filter((id, i) => places.inputs(i) && this.isFloat(id));
    const largest = Math.max(...floats.map((id) => this.size(id)));
    const large = floats.filter((id) => this.size(id) > largest * smallPart);
    return large.length > 0 && large.every((id) => this.low.has(id) && !this.rounded.has(id));
  }

  private inBfloat16(id: ValueId): ValueId {
    const known = this.low.get(id);
    if (known !== undefined) return known;
    const low = this.newValue(this.value(id), types.bfloat16);
    this.cast(this.value(id), low);
    this.low.set(id, low.id);
    this.rounded.add(id);
    return low.id;
  }

  private inFloat32(id: ValueId): ValueId {
    const low = this.low.get(id);
    if (this.high.has(id) || low === undefined) return id;
    this.cast(this.value(low), this.value(id));
    this.high.add(id);
    return id;
  }

  private cast(from: Value, to: Value): void {
    const attributes = { SrcT: { type: from.type }, DstT: { type: to.type }, Truncate: { bool: false } };
    this.events.push({ kind: "operation", name: "Cast", attributes, inputs: [from.id], outputs: [to] });
  }

  private newValue({ shape }: Value, type: number): Value {
    const value = { id: this.nextId++, type, shape };
    this.values.set(value.id, value);
    return value;
  }

  private value(id: ValueId): Value {
    const value = this.values.get(id);
    if (!value) throw new Error(`The traced step uses value ${id}, which nothing makes.`);
    return value;
  }

  private isFloat(id: ValueId): boolean {
    return this.value(id).type === types.float32;
  }

  private size(id: ValueId): number {
    return sizeOf(this.value(id).shape);
  }
}

/** All these operations name the type of their large tensors T. */
const toLow = (attributes: NodeAttributes): NodeAttributes => ({
  ...attributes,
  T: { type: types.bfloat16 },
});
