import { graph, type GraphNode } from "../plot/graph";
import type { Figure } from "../plot/vega-lite";
import type { TraceReport } from "./compile";
import type { Node } from "./graph-def";

/** The graph of a compiled step as a picture: arguments, variables and constants, what is computed of them, and what is
 * changed. Only for small steps: a U-Net has thousands of nodes.
 * @throws RangeError if the graph has more than 200 nodes */
export function drawStep({ nodes, variables }: TraceReport, { title }: { readonly title: string }): Figure {
  const kept = nodes.filter(({ name }) => !isHousekeeping(name));
  if (kept.length > mostNodes) {
    throw new RangeError(
      `The step has ${kept.length} nodes; a picture shows up to ${mostNodes}. Draw a smaller step.`,
    );
  }
  const names = new Set(kept.map(({ name }) => name));
  const source = (input: string): string => input.replace(/^\^/, "").replace(/:\d+$/, "");
  const wanted = usedBy(kept, source);
  const drawn = kept
    .filter(({ name }) => wanted.has(name))
    .map((node): GraphNode => ({
      id: node.name,
      label: labelOf(node, variables),
      kind: kindOf(node),
      from: node.inputs
        .filter((input) => !input.startsWith("^"))
        .map(source)
        .filter((name) => names.has(name)),
    }));
  return graph(drawn, { title, legend: "Node" });
}

const mostNodes = 200;

/** Nodes by which values come into and out of the session. */
const isHousekeeping = (name: string): boolean => /^(variables|captured|done)|\/(load|read)$/.test(name);

/** Nodes that lead to something other than housekeeping, and all that change a variable. */
function usedBy(nodes: readonly Node[], source: (input: string) => string): ReadonlySet<string> {
  const wanted = new Set(
    nodes.filter((node) => kindOf(node) === "result" || kindOf(node) === "change").map(({ name }) => name),
  );
  for (const { name, inputs } of nodes.toReversed()) {
    if (wanted.has(name)) for (const input of inputs) if (!input.startsWith("^")) wanted.add(source(input));
  }
  return wanted;
}

function kindOf({ name, operation }: Node): string {
  if (operation === "Placeholder") return "argument";
  if (operation === "VarHandleOp") return name.startsWith("captured") ? "captured" : "variable";
  if (operation === "Const") return "constant";
  if (operation.startsWith("Assign") || operation.startsWith("ResourceApply")) return "change";
  return name.startsWith("output") ? "result" : "operation";
}

function labelOf({ name, operation, attributes }: Node, variables: readonly string[]): string {
  if (operation === "Placeholder")
    return name === "input0" ? "seed" : `argument ${name.slice("input".length)}`;
  if (operation === "VarHandleOp")
    return name.startsWith("variable") ? variables[Number(name.slice("variable".length))] : name;
  if (name.startsWith("output")) return `result ${Number(name.slice("output".length)) + 1}`;
  if (operation === "Const") return constantLabel(attributes.value);
  return { ReadVariableOp: "read", AssignVariableOp: "assign" }[operation] ?? operation;
}

function constantLabel(value: Node["attributes"][string] | undefined): string {
  if (!value || !("tensor" in value)) return "constant";
  const { numbers, shape } = value.tensor;
  const texts = Array.from(numbers.subarray(0, 3), (number) => String(Number(number.toPrecision(3))));
  const text = texts.join(", ") + (numbers.length > 3 ? ", …" : "");
  return shape.length === 0 ? text : `[${text}]`;
}
