/** Makes TensorFlow's graph from a trace. */
import { isOneNumber, type Node } from "./graph-def";
import {
  types,
  type Event,
  type NodeAttributes,
  type Numbers,
  type Operation,
  type Trace,
  type Update,
  type Value,
  type ValueId,
} from "./trace";

/** A graph with the names under which it is run. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** To be fetched with the outputs: has run when all variables are up to date. */
  readonly done: string;
  /** Whether each of the trace's variables is changed. */
  readonly changes: readonly boolean[];
  /** How the trace's variables are given values, and their values read. */
  readonly variables: Access;
  /** How the captured tensors, as far as they are no constants, are given. */
  readonly captured: Access;
}

/** Ways to slots, one for each. */
export interface Access {
  /** Placeholders of the values to load. */
  readonly values: readonly string[];
  /** To be fetched so that the values are loaded. */
  readonly loaded: string;
  /** What the slots hold. */
  readonly reads: readonly string[];
}

/** How a graph is made. */
export interface BuildOptions<Captured> {
  /** A name that no other graph of this process has: variables are shared by name. */
  readonly scope: string;
  /** Whether XLA compiles the operations. */
  readonly xla: boolean;
  /** The values of a small captured tensor, which becomes a constant. */
  readonly numbersOf: (captured: Captured) => Numbers | undefined;
}

/** The graph of a trace, in which nothing is left that nobody uses. */
export function buildGraph<Variable, Captured>(
  trace: Trace<Variable, Captured>,
  options: BuildOptions<Captured>,
): Graph {
  return new Builder(trace, options).build();
}

/** What a variable of the session holds while the graph runs, and who must be waited for before it is changed. */
interface SlotState {
  readonly handle: string;
  readonly type: number;
  content: ValueId;
  lastWrite: string | undefined;
  readers: string[];
  changes: boolean;
}

class Builder<Variable, Captured> {
  private readonly nodes: Node[] = [];
  /** What other nodes call a value. */
  private readonly references = new Map<ValueId, string>();
  private readonly consumers = new Map<ValueId, string[]>();
  private readonly constants = new Map<string, string>();
  private readonly effects: string[] = [];
  private readonly live: ReadonlySet<Event>;
  private readonly used: ReadonlySet<ValueId>;
  private readonly rounded: ReadonlySet<ValueId>;
  private count = 0;

  constructor(
    private readonly trace: Trace<Variable, Captured>,
    private readonly options: BuildOptions<Captured>,
  ) {
    ({ live: this.live, used: this.used } = findLive(trace));
    this.rounded = findRounded(trace, this.live);
  }

  build(): Graph {
    const { trace } = this;
    const inputs = trace.inputs.map((value, i) => {
      this.references.set(value.id, `input${i}`);
      return this.placeholder(`input${i}`, value);
    });
    const states = trace.variables.map(({ before }, i) => this.slot(`variable${i}`, before));
    const large = trace.captured.filter(({ value, tensor }) => {
      const numbers = this.options.numbersOf(tensor);
      if (numbers) this.references.set(value.id, this.constant(value, numbers));
      return !numbers;
    });
    const loaded = large.map(({ value }, i) => this.slot(`captured${i}`, value));
    for (const event of trace.events) if (this.live.has(event)) this.event(event, states);
    trace.variables.forEach(({ after }, i) => {
      if (states[i].content !== after) this.assign(states[i], after);
    });
    const outputs = trace.outputs.map((value, i) =>
      this.node(`output${i}`, "Identity", [this.reference(value.id)], { T: { type: value.type } }),
    );
    const done = this.node("done", "Identity", [this.one(), ...this.effects.map(after)], {
      T: { type: types.int32 },
    });
    const variables = this.access(
      "variables",
      trace.variables.map(({ before }) => before),
      states,
    );
    const captured = this.access(
      "captured",
      large.map(({ value }) => value),
      loaded,
    );
    return {
      nodes: this.nodes,
      inputs,
      outputs,
      done,
      changes: states.map(({ changes }) => changes),
      variables,
      captured,
    };
  }

  private event(event: Event, states: readonly SlotState[]): void {
    if (event.kind === "constant") {
      this.references.set(event.value.id, this.constant(event.value, event.numbers));
    } else if (event.kind === "operation") this.operation(event);
    else this.update(event, states);
  }

  private operation({ name, attributes, inputs, outputs }: Operation): void {
    const given = inputs.map((id) => this.reference(id));
    if (isCastToItself(name, attributes) || this.rounded.has(inputs[0])) {
      this.references.set(outputs[0].id, given[0]);
      return;
    }
    const node = this.node(this.name(name), name, given, this.marked(name, attributes));
    for (const id of inputs) this.consumed(id, node);
    this.define(node, outputs);
  }

  /** XLA compiles what is marked so. Its random numbers would be others than TensorFlow's. */
  private marked(name: string, attributes: NodeAttributes): NodeAttributes {
    const marks = this.options.xla && !name.startsWith("StatelessRandom");
    return marks ? { ...attributes, _XlaCompile: { bool: true } } : attributes;
  }

  private update(event: Update, states: readonly SlotState[]): void {
    const slots = event.variables.map((i) => states[i]);
    slots.forEach((slot, i) => {
      if (slot.content !== event.before[i]) this.assign(slot, event.before[i]);
    });
    // Whoever still computes with the old values is waited for: else TensorFlow would have to copy them first.
    const users = event.before.flatMap((id) => this.consumers.get(id) ?? []);
    const waits = [...new Set([...slots.flatMap(earlier), ...users])].map(after);
    const inputs = [
      ...slots.map((slot) => slot.handle),
      ...event.inputs.map((id) => this.reference(id)),
      ...waits,
    ];
    const node = this.node(this.name(event.name), event.name, inputs, event.attributes);
    for (const id of event.inputs) this.consumed(id, node);
    slots.forEach((slot, i) => {
      this.written(slot, node, event.after[i].id);
      if (this.used.has(event.after[i].id)) this.read(slot);
    });
  }

  // Variables

  private slot(handle: string, value: Value): SlotState {
    const { shape } = value;
    const type = this.rounded.has(value.id) ? types.bfloat16 : value.type;
    this.node(handle, "VarHandleOp", [], {
      dtype: { type },
      shape: { shape },
      shared_name: { text: `${this.options.scope}/${handle}` },
      container: { text: "" },
    });
    const slot = { handle, type, content: value.id, lastWrite: undefined, readers: [], changes: false };
    if (this.used.has(value.id)) this.read(slot);
    return slot;
  }

  /** Reads what the slot holds now; whoever changes it later waits for that. */
  private read(slot: SlotState): void {
    const inputs = [slot.handle, ...(slot.lastWrite === undefined ? [] : [after(slot.lastWrite)])];
    const node = this.node(this.name("ReadVariableOp"), "ReadVariableOp", inputs, {
      dtype: { type: slot.type },
    });
    slot.readers.push(node);
    this.references.set(slot.content, node);
  }

  private assign(slot: SlotState, id: ValueId): void {
    const inputs = [slot.handle, this.reference(id), ...earlier(slot).map(after)];
    const node = this.node(this.name("AssignVariableOp"), "AssignVariableOp", inputs, {
      dtype: { type: slot.type },
    });
    this.written(slot, node, id);
  }

  private written(slot: SlotState, node: string, content: ValueId): void {
    this.effects.push(node);
    Object.assign(slot, { content, lastWrite: node, readers: [], changes: true });
  }

  private access(name: string, values: readonly Value[], slots: readonly SlotState[]): Access {
    const placeholders = values.map((value, i) => this.placeholder(`${name}${i}/value`, value));
    const assigned = slots.map(({ handle, type }, i) => {
      const given =
        type === values[i].type ? placeholders[i] : this.cast(placeholders[i], values[i].type, type);
      return this.node(`${handle}/load`, "AssignVariableOp", [handle, given], { dtype: { type } });
    });
    const loaded = this.node(`${name}/loaded`, "Identity", [this.one(), ...assigned.map(after)], {
      T: { type: types.int32 },
    });
    const reads = slots.map(({ handle, type }) =>
      this.node(`${handle}/read`, "ReadVariableOp", [handle], { dtype: { type } }),
    );
    return { values: placeholders, loaded, reads };
  }

  private cast(input: string, from: number, to: number): string {
    const attributes = { SrcT: { type: from }, DstT: { type: to }, Truncate: { bool: false } };
    return this.node(`${input}/cast`, "Cast", [input], attributes);
  }

  // Nodes

  private placeholder(name: string, { type, shape }: Value): string {
    return this.node(name, "Placeholder", [], { dtype: { type }, shape: { shape } });
  }

  private one(): string {
    return this.constant({ type: types.int32, shape: [] }, Int32Array.of(1));
  }

  /** Equal small constants become one node. */
  private constant({ type, shape }: Pick<Value, "type" | "shape">, numbers: Numbers): string {
    const repeated = isOneNumber(numbers);
    const content = repeated ? `all ${numbers[0]}` : Array.from(numbers.subarray(0, 65)).join();
    const key = `${type} [${shape.join()}] ${content}`;
    const known = repeated || numbers.length <= 64 ? this.constants.get(key) : undefined;
    if (known !== undefined) return known;
    // Of one repeated number, one is kept: gradients of sums are full of ones.
    const tensor = {
      type,
      shape,
      numbers: repeated && type === types.float32 ? numbers.slice(0, 1) : numbers,
    };
    const node = this.node(this.name("Const"), "Const", [], { dtype: { type }, value: { tensor } });
    this.constants.set(key, node);
    return node;
  }

  private define(node: string, outputs: readonly Value[]): void {
    outputs.forEach((value, i) => this.references.set(value.id, i === 0 ? node : `${node}:${i}`));
  }

  private consumed(id: ValueId, node: string): void {
    const known = this.consumers.get(id);
    if (known) known.push(node);
    else this.consumers.set(id, [node]);
  }

  private reference(id: ValueId): string {
    const reference = this.references.get(id);
    if (reference === undefined) throw new Error(`The traced step uses value ${id}, which nothing makes.`);
    return reference;
  }

  private name(operation: string): string {
    return `${operation}_${this.count++}`;
  }

  private node(
    name: string,
    operation: string,
    inputs: readonly string[],
    attributes: Node["attributes"],
  ): string {
    this.nodes.push({ name, operation, inputs, attributes });
    return name;
  }
}

/** Variables that stay as they are and of which only the bfloat16 form is used, as the parameters of a forward pass in
 * mixed precision: they are kept in that form, and need not be rounded at every call. */
function findRounded({ variables, outputs }: Trace, live: ReadonlySet<Event>): ReadonlySet<ValueId> {
  const rounded = new Set<ValueId>();
  const otherwise = new Set(outputs.map(({ id }) => id));
  for (const { before, after } of variables) if (after !== before.id) otherwise.add(before.id).add(after);
  for (const event of live) {
    if (event.kind === "constant") continue;
    const isRounding = event.kind === "operation" && isCastToBfloat16(event);
    for (const id of event.inputs) (isRounding ? rounded : otherwise).add(id);
    if (event.kind === "update") for (const id of event.before) otherwise.add(id);
  }
  const kept = variables.map(({ before }) => before.id).filter((id) => rounded.has(id) && !otherwise.has(id));
  return new Set(kept);
}

const isCastToBfloat16 = ({ name, attributes: { DstT } }: Operation): boolean =>
  name === "Cast" && "type" in DstT && DstT.type === types.bfloat16;

/** tfjs-node casts before many a sum, whether there is anything to cast or not. */
function isCastToItself(name: string, { SrcT, DstT }: NodeAttributes): boolean {
  return name === "Cast" && "type" in SrcT && "type" in DstT && SrcT.type === DstT.type;
}

const after = (node: string): string => `^${node}`;

/** Nodes that must have run before the slot is changed. */
const earlier = (slot: SlotState): string[] => [
  ...slot.readers,
  ...(slot.lastWrite === undefined ? [] : [slot.lastWrite]),
];

/** The events whose results somebody uses, and all values that are used. */
function findLive(trace: Trace): { live: ReadonlySet<Event>; used: ReadonlySet<ValueId> } {
  const used = new Set<ValueId>(trace.outputs.map((value) => value.id));
  for (const { before, after } of trace.variables) if (after !== before.id) used.add(after);
  const updates = trace.events.filter((event) => event.kind === "update");
  const inSlots = new Set([
    ...trace.variables.map(({ before }) => before.id),
    ...updates.flatMap(({ after }) => after.map(({ id }) => id)),
  ]);
  const live = new Set<Event>();
  for (const event of trace.events.toReversed()) {
    if (event.kind === "constant") {
      if (used.has(event.value.id)) live.add(event);
    } else if (event.kind === "update" || event.outputs.some((value) => used.has(value.id))) {
      live.add(event);
      for (const id of event.inputs) used.add(id);
      // What a variable does not hold yet must first be given to it.
      if (event.kind === "update") for (const id of event.before) if (!inSlots.has(id)) used.add(id);
    }
  }
  return { live, used };
}
