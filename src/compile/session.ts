import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Binding, TensorMetadata } from "../backend/internals";
import type { Access, Graph } from "./build";
import { savedModel } from "./graph-def";

/** A graph that TensorFlow has loaded, with its variables. Tensors are numbers of the addon. */
export class Session {
  private readonly id: number;

  constructor(
    private readonly binding: Binding,
    private readonly graph: Graph,
  ) {
    const folder = mkdtempSync(join(tmpdir(), "graph-"));
    try {
      writeFileSync(join(folder, "saved_model.pb"), savedModel(graph.nodes));
      this.id = binding.loadSavedModel(folder, "serve");
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** One run of the whole graph.
   * @returns its outputs, which the caller frees */
  step(inputs: readonly number[]): TensorMetadata[] {
    const { graph, binding } = this;
    const results = this.run(graph.inputs, inputs, [...graph.outputs, graph.done]);
    binding.deleteTensor(results[results.length - 1].id);
    return results.slice(0, -1);
  }

  /** Gives slots their values. */
  load({ values, loaded }: Access, tensors: readonly number[]): void {
    if (values.length === 0) return;
    const [done] = this.run(values, tensors, [loaded]);
    this.binding.deleteTensor(done.id);
  }

  /** What slots hold; the caller frees it. On the CPU nothing is copied. */
  read({ reads }: Access): number[] {
    return this.run([], [], reads).map(({ id }) => id);
  }

  dispose(): void {
    this.binding.deleteSavedModel(this.id);
  }

  private run(
    inputs: readonly string[],
    tensors: readonly number[],
    outputs: readonly string[],
  ): TensorMetadata[] {
    return this.binding.runSavedModel(
      this.id,
      tensors,
      inputs.map((name) => `${name}:0`).join(),
      outputs.map((name) => `${name}:0`).join(),
    );
  }
}
