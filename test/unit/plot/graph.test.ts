import { compile, drawStep, graph, tf, valueAndGradients } from "diffusion";

const nodes = [
  { id: "a", label: "argument", kind: "input", from: [] },
  { id: "b", label: "variable", kind: "input", from: [] },
  { id: "c", label: "product", kind: "operation", from: ["a", "b"] },
  { id: "d", label: "square", kind: "operation", from: ["c", "c"] },
];

interface Layered {
  readonly layer: readonly {
    readonly data: { readonly values: readonly Record<string, number & string>[] };
  }[];
}

test("nodes lie below those that lead to them, arrows touch both, and no two boxes overlap", () => {
  const [paths, , boxes] = (
    graph(nodes, { title: "A graph", legend: "Kind" }).spec as unknown as Layered
  ).layer.map(({ data }) => data.values);
  const box = (i: number): Record<string, number> => boxes[i];
  expect(box(2).y).toBeGreaterThan(box(0).y2);
  expect(box(3).y).toBeGreaterThan(box(2).y2);
  expect(new Set(paths.map(({ edge }) => edge))).toEqual(new Set(["a → c", "b → c", "c → d"]));
  boxes.forEach((one, i) => {
    for (const other of boxes.slice(i + 1)) {
      const apart = one.x2 < other.x || other.x2 < one.x || one.y2 < other.y || other.y2 < one.y;
      expect(apart).toBe(true);
    }
  });
});

test("it is drawn with all labels", async () => {
  const svg = await graph(nodes, { title: "A graph", legend: "Kind" }).svg();
  for (const { label } of nodes) expect(svg).toContain(`>${label}<`);
});

test.each([
  [[], /nodes is empty/],
  [[nodes[0], nodes[0]], /same id/],
  [[nodes[2]], /"c" has an arrow from "a", which is not among/],
])("bad graphs are refused", (bad, message) => {
  expect(() => graph(bad, { title: "A graph", legend: "Kind" })).toThrow(message);
});

test("a compiled step is drawn with its variables' names, what changes them, and nothing that nobody asked for", async () => {
  const w = tf.variable(tf.scalar(1), true, "slope");
  const step = compile((x: tf.Tensor) => {
    const { value, gradients } = valueAndGradients(() => tf.mean(tf.square(tf.mul(w, x))), [w]);
    w.assign(tf.sub(w, tf.mul(0.25, gradients[0])));
    return value;
  });
  step(tf.tensor1d([1, 2]));
  if (!step.report) throw new Error("it has not been traced");
  const svg = await drawStep(step.report, { title: "A step" }).svg();
  for (const label of ["slope", "argument 1", "0.25", "Square", "assign", "result 1"])
    expect(svg).toContain(`>${label}<`);
  expect(svg).not.toContain("Cast");
  expect(svg).not.toContain("load");
});
