import {
  adam,
  compile,
  loadCheckpoint,
  mlp,
  restore,
  saveCheckpoint,
  tf,
  valueAndGradients,
} from "diffusion";
import { bitsOf, useFolder } from "./files";

const folder = useFolder();
const variables = (values: Record<string, tf.Tensor>): Record<string, tf.Variable> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, tf.variable(value)]));

describe("restore", () => {
  test("assigns every variable, which goes on living without the tensors", () => {
    const into = variables({ a: tf.zeros([2]), n: tf.scalar(0, "int32") });
    const from = { n: tf.scalar(7, "int32"), a: tf.tensor1d([-0, 1e-45]) };
    const expected = bitsOf({ a: from.a, n: from.n });
    restore(into, from);
    tf.dispose(from);
    expect(bitsOf(into)).toEqual(expected);
  });

  test.each<[string, Record<string, tf.Tensor>, string]>([
    ["a name is missing", { a: tf.ones([2]) }, '1 missing: "b".'],
    ["one is superfluous", { a: tf.ones([2]), b: tf.scalar(1), c: tf.scalar(1) }, '1 superfluous: "c".'],
    [
      "a shape differs",
      { a: tf.ones([2]), b: tf.ones([1]) },
      '1 different: "b" is float32 [1] instead of float32 [].',
    ],
    [
      "a type differs",
      { a: tf.ones([2]), b: tf.scalar(1, "int32") },
      '1 different: "b" is int32 [] instead of float32 [].',
    ],
    [
      "all of it",
      { a: tf.ones([3]), c: tf.ones([1]), toString: tf.scalar(1) },
      '1 missing: "b". 2 superfluous: "c", "toString". 1 different: "a" is float32 [3] instead of float32 [2].',
    ],
  ])("changes nothing if %s", (_, tensors, message) => {
    const into = variables({ a: tf.zeros([2]), b: tf.scalar(0) });
    const before = tf.memory().numTensors;
    const prefix = "The tensors do not fit the variables, none of which has been changed. ";
    expect(() => {
      restore(into, tensors);
    }).toThrow(new RangeError(prefix + message));
    expect(tf.memory().numTensors).toBe(before);
    expect(Object.values(into).flatMap((variable) => [...variable.dataSync()])).toEqual([0, 0, 0]);
  });

  test("changes nothing if a tensor has been disposed of", () => {
    const into = variables({ a: tf.zeros([2]), b: tf.scalar(0) });
    const gone = tf.scalar(1);
    gone.dispose();
    expect(() => {
      restore(into, { a: tf.ones([2]), b: gone });
    }).toThrow(/1 disposed of: "b"\.$/);
    expect([...into["a"].dataSync()]).toEqual([0, 0]);
  });

  test("lists five of each kind, and counts the others", () => {
    const many = (prefix: string, count: number): Record<string, tf.Tensor> =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, tf.scalar(0)]));
    expect(() => {
      restore(variables(many("x", 7)), many("y", 6));
    }).toThrow(
      /7 missing: "x0", "x1", "x2", "x3", "x4", and 2 more\. 6 superfluous: "y0", "y1", "y2", "y3", "y4", and 1 more\.$/,
    );
  });

  test("a compiled step goes back to a checkpoint, whose tensors it leaves alone", () => {
    const network = mlp({ size: 2, steps: 5, width: 8, depth: 1, seed: 1 });
    const optimizer = adam(network.parameters);
    const all = {
      ...Object.fromEntries(network.parameters.map((variable, i) => [`parameters/${i}`, variable])),
      ...optimizer.state,
    };
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const step = compile(() => {
      const loss = (): tf.Tensor =>
        network
          .predict(x, tf.tensor1d([1, 2], "int32"))
          .sub(x)
          .square()
          .mean();
      const { value, gradients } = valueAndGradients(loss, network.parameters);
      optimizer.apply(gradients);
      return value;
    });
    const run = (): unknown => {
      for (let i = 0; i < 3; i++) step().dispose();
      return bitsOf(all);
    };
    run();
    saveCheckpoint(folder.path("c"), { tensors: all });
    const first = run();
    const { tensors } = loadCheckpoint(folder.path("c"));
    const saved = bitsOf(tensors);
    restore(all, tensors);
    expect(bitsOf(all)).toEqual(saved);
    expect(run()).toEqual(first);
    expect(first).not.toEqual(saved);
    expect(bitsOf(tensors)).toEqual(saved);
    // None where steps are not compiled.
    expect(step.traces).toBeLessThanOrEqual(1);
  });
});
