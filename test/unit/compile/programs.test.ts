/** Compilers are tested with programs that nobody would write: random ones must compute the same compiled and eager. */
import * as fc from "fast-check";
import { adam, compile, foldIn, randomNormal, setSeed, tf, valueAndGradients, withSeed } from "diffusion";

type Tensor = tf.Tensor;
const shape = [2, 4, 4, 3] as const;

/** Operations from tensors of one shape to one of the same, smooth and bounded, so that differences stay rounding. */
const unary: Record<string, (x: Tensor) => Tensor> = {
  tanh: (x) => tf.tanh(x),
  sigmoid: (x) => tf.sigmoid(x),
  sine: (x) => tf.sin(x),
  meanAway: (x) => tf.sub(x, tf.mean(x, [1, 2], true)),
  softmax: (x) => tf.softmax(x),
  turned: (x) => tf.transpose(x, [0, 2, 1, 3]),
  reshaped: (x) => tf.reshape(tf.transpose(tf.reshape(x, [2, 16, 3]), [0, 2, 1]), [...shape]),
  pooled: (x) => tf.image.resizeNearestNeighbor(tf.avgPool(x as tf.Tensor4D, 2, 2, "same"), [4, 4]),
  split: (x) => tf.concat(tf.split(x, [1, 2], 3).reverse(), 3),
  sliced: (x) =>
    tf.pad(tf.slice(x as tf.Tensor4D, [0, 1, 0, 0], [2, 2, 4, 3]), [
      [0, 0],
      [1, 1],
      [0, 0],
      [0, 0],
    ]),
  stacked: (x) => tf.stack(tf.unstack(x, 3), 3),
  expanded: (x) => tf.squeeze(tf.tile(tf.expandDims(x, 0), [1, 1, 1, 1, 1]), [0]),
  clipped: (x) => tf.clipByValue(x, -0.5, 0.5),
  masked: (x) => tf.where(tf.greater(x, 0.1), x, tf.mul(x, 0.25)),
  gathered: (x) => tf.gather(x, tf.tensor1d([2, 0, 2], "int32"), 3),
  noisy: (x) => tf.add(x, randomNormal([...shape])),
};
const binary: Record<string, (a: Tensor, b: Tensor) => Tensor> = {
  sum: (a, b) => tf.add(a, b),
  product: (a, b) => tf.mul(tf.tanh(a), tf.tanh(b)),
  difference: (a, b) => tf.sub(a, tf.mul(b, 0.5)),
  quotient: (a, b) => tf.div(a, tf.add(1, tf.square(b))),
  larger: (a, b) => tf.maximum(a, b),
  channels: (a, b) => tf.add(a, tf.mean(b, [0, 1, 2])),
  mixed: (a, b) => tf.matMul(a, tf.matMul(b as tf.Tensor4D, a as tf.Tensor4D, true), false, false),
};

/** A line of a program: an operation on results of earlier lines, or what is done with a variable. */
type Line =
  | { kind: "unary"; name: string; a: number }
  | { kind: "binary"; name: string; a: number; b: number }
  | { kind: "conv"; a: number; stride: 1 | 2 }
  | { kind: "assign"; variable: number; a: number }
  | { kind: "train"; a: number };

const position = fc.nat(1000);
const line: fc.Arbitrary<Line> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("unary" as const),
      name: fc.constantFrom(...Object.keys(unary)),
      a: position,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("binary" as const),
      name: fc.constantFrom(...Object.keys(binary)),
      a: position,
      b: position,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("conv" as const),
      a: position,
      stride: fc.constantFrom(1 as const, 2 as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("assign" as const), variable: fc.nat(1), a: position }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("train" as const), a: position }) },
);

/** The state and the step of a program, made anew. */
function build(lines: readonly Line[]): { step: (x: Tensor) => Tensor[]; variables: tf.Variable[] } {
  const make = (seed: number, of: readonly number[]): tf.Variable =>
    tf.tidy(() => tf.variable(tf.mul(randomNormal([...of] as [number], seed), 0.3)));
  const held = [make(1, shape), make(2, shape)];
  const filter = make(3, [3, 3, 3, 3]);
  const kernel = filter as tf.Tensor as tf.Tensor4D;
  const trained = [held[0], filter];
  const optimizer = adam(trained, { learningRate: 0.05 });
  const apply = (values: Tensor[], each: Line): Tensor | undefined => {
    const at = (i: number): Tensor => values[i % values.length];
    if (each.kind === "unary") return unary[each.name](at(each.a));
    if (each.kind === "binary") return binary[each.name](at(each.a), at(each.b));
    if (each.kind === "conv") {
      const y = tf.conv2d(at(each.a) as tf.Tensor4D, kernel, each.stride, "same");
      return each.stride === 1 ? y : tf.image.resizeNearestNeighbor(y, [4, 4]);
    }
    if (each.kind === "assign") {
      held[each.variable].assign(tf.tanh(at(each.a)));
      return undefined;
    }
    const x = at(each.a);
    const { value, gradients } = valueAndGradients(() => {
      const y = tf.conv2d(tf.add<tf.Tensor4D>(x, held[0]), kernel, 1, "same");
      return tf.mean(tf.square(tf.sub(tf.tanh(y), tf.sin(x))));
    }, trained);
    optimizer.apply(gradients);
    return tf.fill([...shape], 1).mul(value);
  };
  const step = (x: Tensor): Tensor[] => {
    const values: Tensor[] = [x, held[0], held[1]];
    for (const each of lines) {
      const result = apply(values, each);
      if (result) values.push(result);
    }
    return [values[values.length - 1], tf.mean(tf.addN(values.slice(0, 3)))];
  };
  return { step, variables: [...held, filter, ...Object.values(optimizer.state)] };
}

const x = tf.mul(randomNormal([...shape], 11), 0.5);

function run(lines: readonly Line[], mode: "eager" | "compiled"): Float32Array[] {
  const { step, variables } = build(lines);
  const compiled = compile(step);
  setSeed(21);
  const results: Float32Array[] = [];
  for (let call = 0; call < 2; call++) {
    const tensors =
      mode === "compiled" ? compiled(x) : tf.tidy(() => withSeed(foldIn(21, call), () => step(x)));
    results.push(...tensors.map((tensor) => tensor.dataSync<"float32">().slice()));
    tensors.forEach((tensor) => {
      tensor.dispose();
    });
  }
  compiled.dispose();
  results.push(...variables.map((variable) => variable.dataSync<"float32">().slice()));
  variables.forEach((variable) => {
    variable.dispose();
  });
  return results;
}

test("random programs give the same values, gradients and variables compiled and eager", () => {
  const before = tf.memory().numTensors;
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 14 }), (lines) => {
      const [eager, compiled] = [run(lines, "eager"), run(lines, "compiled")];
      eager.forEach((values, i) => {
        let worst = 0;
        values.forEach((value, k) => {
          worst = Math.max(worst, Math.abs(value - compiled[i][k]) / Math.max(1, Math.abs(value)));
        });
        if (!(worst < 2e-4)) throw new Error(`result ${i} differs by ${worst}`);
      });
    }),
    { numRuns: 60, seed: 4 },
  );
  expect(tf.memory().numTensors).toBe(before);
});
