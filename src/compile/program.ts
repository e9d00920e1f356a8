import type { DataId, Tensor, TensorInfo, Variable } from "@tensorflow/tfjs-core";
import type { BindingValues, Internals } from "../backend/internals";
import { buildGraph, type Graph } from "./build";
import type { Node } from "./graph-def";
import { bringHome, freeCopy, homeOf, moveHome, type Home } from "./homes";
import type { CapturedTensor, StepTrace } from "./recorder";
import { separate } from "./separate";
import { Session } from "./session";
import { sizeOf } from "./shapes";

/** A trace that TensorFlow has loaded, ready to be run. */
export class Program {
  private readonly session: Session;
  private readonly slots: VariableSlot[];
  private readonly graph: Graph;

  /** @throws Error if TensorFlow refuses the graph */
  constructor(
    private readonly backend: Internals,
    trace: StepTrace,
    { xla }: { readonly xla: boolean },
  ) {
    const scope = `step ${programs++}`;
    this.graph = buildGraph(trace, { scope, xla, numbersOf: (tensor) => smallNumbers(backend, tensor) });
    this.session = new Session(backend.binding, this.graph);
    this.slots = trace.variables.map(({ variable }, i) => ({
      variable,
      changes: this.graph.changes[i],
      loaded: undefined,
      home: {
        fetch: () => {
          this.fetch();
        },
        version: 0,
      },
    }));
    this.loadCaptured(trace);
  }

  /** One call of the step. */
  run(inputs: readonly Tensor[]): Tensor[] {
    const { backend, session, slots } = this;
    for (const slot of slots) this.makeReady(slot);
    if (!slots.every((slot) => this.isUpToDate(slot))) this.load();
    // A copy that is left would make TensorFlow copy the values before it changes them.
    for (const slot of slots)
      if (slot.changes && this.isAtHome(slot)) freeCopy(backend, slot.variable.dataId);
    const results = session.step(backend.getInputTensorIds(inputs));
    for (const slot of slots) if (slot.changes) moveHome(backend, slot.variable.dataId, slot.home);
    return results.map((result) => backend.createOutputTensor(result));
  }

  get nodes(): readonly Node[] {
    return this.graph.nodes;
  }

  /** Ends the session. Variables get their values back. */
  dispose(): void {
    for (const slot of this.slots) {
      if (!slot.variable.isDisposed && this.isAtHome(slot)) bringHome(this.backend, slot.variable.dataId);
    }
    this.session.dispose();
  }

  private makeReady({ variable, changes }: VariableSlot): void {
    if (variable.isDisposed)
      throw new Error(`The variable ${variable.name} of the compiled step is disposed.`);
    if (changes) separate(this.backend, variable);
  }

  private isAtHome({ variable, home }: VariableSlot): boolean {
    return homeOf(variable.dataId) === home;
  }

  /** Whether the session has a variable's newest values. */
  private isUpToDate(slot: VariableSlot): boolean {
    if (this.isAtHome(slot)) return true;
    const { dataId } = slot.variable;
    return slot.loaded?.id === dataId && slot.loaded.version === (homeOf(dataId)?.version ?? 0);
  }

  private load(): void {
    const variables = this.slots.map(({ variable }) => variable);
    this.session.load(this.graph.variables, this.backend.getInputTensorIds(variables));
    for (const slot of this.slots) {
      const { dataId } = slot.variable;
      if (!this.isAtHome(slot)) slot.loaded = { id: dataId, version: homeOf(dataId)?.version ?? 0 };
    }
  }

  /** Copies what the session has back to the variables. */
  private fetch(): void {
    const { backend } = this;
    this.session.read(this.graph.variables).forEach((tensor, i) => {
      const { variable } = this.slots[i];
      const storage = variable.isDisposed ? undefined : backend.tensorMap.get(variable.dataId);
      if (storage && this.isAtHome(this.slots[i]) && storage.id < 0) storage.id = tensor;
      else backend.binding.deleteTensor(tensor);
    });
  }

  private loadCaptured(trace: StepTrace): void {
    const large = trace.captured.filter(({ tensor }) => !smallNumbers(this.backend, tensor));
    const tensors = large.map(({ tensor }) => tensorInfo(tensor));
    this.session.load(this.graph.captured, this.backend.getInputTensorIds(tensors));
  }
}

interface VariableSlot {
  readonly variable: Variable;
  readonly changes: boolean;
  readonly home: Home;
  /** What was last loaded, of a variable that lives elsewhere. */
  loaded: { readonly id: DataId; readonly version: number } | undefined;
}

let programs = 0;

/** Captured tensors of up to so many numbers become constants of the graph; larger ones, variables of the session. */
const mostNumbersOfConstant = 256;

function smallNumbers(backend: Internals, { dataId }: CapturedTensor): BindingValues | undefined {
  const { shape } = backend.tensorMap.get(dataId);
  return sizeOf(shape) <= mostNumbersOfConstant ? backend.readSync(dataId) : undefined;
}

/** For calls that look at nothing but the data. */
const tensorInfo = ({ dataId }: CapturedTensor): TensorInfo => ({ dataId, shape: [], dtype: "float32" });
