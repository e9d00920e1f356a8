import {
  adam,
  compile,
  diffusionKernel,
  foldIn,
  linearSchedule,
  randomNormal,
  setSeed,
  tf,
  valueAndGradients,
  withSeed,
  type Nested,
} from "diffusion";
import { internals } from "../../../src/backend/internals";

const backend = internals();
if (!backend) throw new Error("These tests are about the native backend.");
const { binding } = backend;

const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

/** How many operations TensorFlow runs while an action runs. */
function operationsOf(action: () => void): number {
  const real = backend?.binding;
  let count = 0;
  const counting = Object.create(binding, {
    executeOp: {
      value: (...args: Parameters<typeof binding.executeOp>) => {
        count++;
        return binding.executeOp(...args);
      },
    },
  }) as typeof binding;
  if (backend) backend.binding = counting;
  try {
    action();
  } finally {
    if (backend && real) backend.binding = real;
  }
  return count;
}

describe("a compiled step", () => {
  test("gives what the step gives, with tensors in objects and arrays", () => {
    const step = compile(({ a, b }: { a: tf.Tensor; b: readonly tf.Tensor[] }, scale: number) => ({
      sum: tf.add(a, b[0]),
      parts: [tf.mul(b[1], scale), a],
      name: "fixed",
    }));
    for (const shift of [0, 1]) {
      const a = tf.tensor1d([1, 2 + shift]);
      const { sum, parts, name } = step({ a, b: [tf.tensor1d([3, 4]), tf.tensor2d([[5, 6 + shift]])] }, 2);
      expect(values(sum)).toEqual([4, 6 + shift]);
      expect(values(parts[0])).toEqual([10, 12 + 2 * shift]);
      expect(values(parts[1])).toEqual([1, 2 + shift]);
      expect(name).toBe("fixed");
    }
    expect(step.traces).toBe(1);
  });

  test("runs JavaScript once, and no operation by itself while it is traced or called", () => {
    let runs = 0;
    const weights = tf.variable(tf.ones([3, 3, 4, 8]));
    const step = compile((x: tf.Tensor4D) => {
      runs++;
      const { value, gradients } = valueAndGradients(
        () =>
          tf
            .conv2d(x, weights as unknown as tf.Tensor4D, 1, "same")
            .square()
            .mean(),
        [weights],
      );
      weights.assign(weights.sub(gradients[0].mul(1e-3)));
      return value;
    });
    const x = tf.ones<tf.Rank.R4>([2, 16, 16, 4]);
    tf.zeros([1]).dataSync();
    const count = operationsOf(() => {
      for (let i = 0; i < 3; i++) step(x).dispose();
    });
    expect(runs).toBe(1);
    expect(count).toBeLessThanOrEqual(2); // the argument's own Fill
  });

  test("is traced anew for other shapes, types and fixed values, and keeps few programs", () => {
    const sessions = (): number =>
      (binding as unknown as { getNumOfSavedModels(): number }).getNumOfSavedModels();
    const before = sessions();
    const step = compile((x: tf.Tensor, times: number) => tf.mul(x, times), { programs: 2 });
    step(tf.ones([2]), 2);
    step(tf.ones([2]), 2);
    expect(step.traces).toBe(1);
    step(tf.ones([3]), 2);
    step(tf.ones([2]), 3);
    expect(step.traces).toBe(3);
    expect(sessions()).toBe(before + 2);
    expect(values(step(tf.ones([2]), 2))).toEqual([2, 2]); // forgotten, traced again
    expect(step.traces).toBe(4);
    step.dispose();
    expect(sessions()).toBe(before);
    expect(values(step(tf.ones([2]), 5))).toEqual([5, 5]);
    step.dispose();
  });

  test("leaves no tensors, here or in TensorFlow, and no folders", () => {
    const weights = tf.variable(tf.ones([4]));
    const captured = tf.range(0, 1000);
    const step = compile((x: tf.Tensor) => {
      weights.assign(weights.add(x));
      return { a: weights.sum(), b: captured.sum() };
    });
    const x = tf.ones([4]);
    const call = (): void => {
      const { a, b } = step(x);
      a.dispose();
      b.dispose();
    };
    call();
    const inTensorFlow = (): number =>
      (binding as unknown as { getNumOfTensors(): number }).getNumOfTensors();
    const before = [tf.memory().numTensors, tf.memory().numBytes, inTensorFlow()];
    for (let i = 0; i < 20; i++) call();
    expect([tf.memory().numTensors, tf.memory().numBytes, inTensorFlow()]).toEqual(before);
    step.dispose();
    expect(tf.memory().numTensors).toBe(before[0]);
  });
});

describe("an argument is nothing but an argument", () => {
  test("though the first call's is used within the step, too", () => {
    const origin = tf.tensor1d([1, 2]);
    const step = compile((a: tf.Tensor) => tf.sub(a, origin));
    expect(values(step(origin))).toEqual([0, 0]);
    expect(values(step(tf.tensor1d([5, 5])))).toEqual([4, 3]);
  });

  test("though it is given twice at first", () => {
    const a = tf.scalar(3);
    const step = compile((b: tf.Tensor, c: tf.Tensor) => tf.sub(b, c));
    expect(values(step(a, a))).toEqual([0]);
    expect(values(step(a, tf.scalar(1)))).toEqual([2]);
  });

  test("though it is a variable", () => {
    const [v, other] = [tf.variable(tf.scalar(3)), tf.variable(tf.scalar(4))];
    const step = compile((b: tf.Tensor) => {
      v.assign(tf.add(v, 1));
      return tf.mul(b, 2);
    });
    expect(values(step(v))).toEqual([6]);
    expect(values(step(other))).toEqual([8]);
    expect(values(v)).toEqual([5]);
    expect(values(step(v))).toEqual([10]);
  });
});

test("a sampling loop may be one step", () => {
  const w = tf.variable(
    tf.tensor2d([
      [0.5, 0.1],
      [-0.2, 0.9],
    ]),
  );
  const sample = (): tf.Tensor => {
    let z: tf.Tensor = randomNormal([4, 2]);
    for (let t = 20; t > 0; t--) {
      z = tf.add(tf.matMul(z as tf.Tensor2D, w as tf.Tensor as tf.Tensor2D), randomNormal([4, 2]).mul(0.1));
    }
    return z;
  };
  setSeed(8);
  const compiled = values(compile(sample)());
  const eager = values(withSeed(foldIn(8, 0), sample));
  compiled.forEach((value, i) => {
    expect(value).toBeCloseTo(eager[i], 5);
  });
});

describe("variables", () => {
  const increment = (): {
    w: tf.Variable;
    step: ReturnType<typeof compile<readonly [tf.Tensor], tf.Tensor>>;
  } => {
    const w = tf.variable(tf.tensor1d([1, 2]));
    const step = compile((x: tf.Tensor) => {
      w.assign(tf.add(w, x));
      return tf.sum(w);
    });
    return { w, step };
  };
  const one = tf.tensor1d([1, 1]);

  test("have their newest values wherever they are looked at", async () => {
    const { w, step } = increment();
    step(one);
    expect(values(w)).toEqual([2, 3]);
    step(one);
    expect(Array.from(await w.data())).toEqual([3, 4]);
    step(one);
    expect(values(tf.mul(w, 10))).toEqual([40, 50]);
    expect(values(step(one))).toEqual([11]);
  });

  test("may be assigned between the calls", () => {
    const { w, step } = increment();
    step(one);
    w.assign(tf.tensor1d([10, 10]));
    expect(values(step(one))).toEqual([22]);
    expect(values(w)).toEqual([11, 11]);
  });

  test("leave their clones alone", () => {
    const { w, step } = increment();
    const first = w.clone();
    step(one);
    const second = w.clone();
    step(one);
    step(one);
    expect([values(first), values(second), values(w)]).toEqual([
      [1, 2],
      [2, 3],
      [4, 5],
    ]);
  });

  test("are told apart from clones and from other variables that begin with the same values", () => {
    const w = tf.variable(tf.tensor1d([1, 2]));
    const start = w.clone();
    const twin = tf.variable(w);
    const move = compile(() => {
      w.assign(tf.add(w, 1));
      return { moved: tf.sub(w, start), apart: tf.sub(w, twin) };
    });
    move();
    twin.assign(tf.tensor1d([10, 10]));
    const { moved, apart } = move();
    expect([values(moved), values(apart)]).toEqual([
      [2, 2],
      [-7, -6],
    ]);
    expect([values(w), values(start), values(twin)]).toEqual([
      [3, 4],
      [1, 2],
      [10, 10],
    ]);
  });

  test("are shared by several compiled steps", () => {
    const { w, step } = increment();
    const read = compile(() => tf.mul(w, 1));
    const double = compile(() => {
      w.assign(tf.mul(w, 2));
      return tf.sum(w);
    });
    step(one);
    expect(values(read())).toEqual([2, 3]);
    step(one);
    double();
    expect(values(read())).toEqual([6, 8]);
    step(one);
    expect(values(read())).toEqual([7, 9]);
    expect(values(w)).toEqual([7, 9]);
  });

  test("keep their values when the step is disposed or retraced", () => {
    const { w, step } = increment();
    step(one);
    step(tf.tensor1d([5]));
    expect(values(w)).toEqual([7, 8]);
    step(one);
    step.dispose();
    expect(values(w)).toEqual([8, 9]);
    expect(values(step(one))).toEqual([19]);
  });

  test("that are only traced do not change", () => {
    const { w } = increment();
    const step = compile(() => {
      w.assign(tf.mul(w, 2));
      throw new Error("a mistake");
    });
    expect(() => step()).toThrow("a mistake");
    expect(values(w)).toEqual([1, 2]);
    expect(values(tf.add(w, 1))).toEqual([2, 3]);
  });

  test("may be exchanged", () => {
    const [a, b] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(2))];
    const exchange = compile(() => {
      const old = a.clone();
      a.assign(b.clone());
      b.assign(old);
    });
    exchange();
    expect([a.dataSync()[0], b.dataSync()[0]]).toEqual([2, 1]);
    exchange();
    expect([a.dataSync()[0], b.dataSync()[0]]).toEqual([1, 2]);
  });

  test("may be updated in place more than once, and read in between", () => {
    const run = (compiled: boolean): number[] => {
      const w = tf.variable(tf.tensor1d([1, -2]));
      const optimizer = adam([w], { learningRate: 0.1, weightDecay: 0.5 });
      const step = (): tf.Tensor => {
        const before = tf.sum(w);
        optimizer.apply([tf.mul(w, 2)]);
        const between = tf.sum(w);
        optimizer.apply([tf.add(w, 1)]);
        w.assign(tf.add(w, 0.25));
        return tf.stack([before, between, tf.sum(w)]);
      };
      const call = compiled ? compile(step) : step;
      return [1, 2, 3].flatMap(() => values(call())).concat(values(w), values(optimizer.steps));
    };
    const [eager, traced] = [run(false), run(true)];
    traced.forEach((value, i) => {
      expect(value).toBeCloseTo(eager[i], 5);
    });
  });
});

describe("random numbers", () => {
  const draw = (): tf.Tensor => tf.add(randomNormal([3]), tf.mul(randomNormal([3]), 10));

  test("are new at each call, and repeat with the seed", () => {
    const step = compile(draw);
    setSeed(5);
    const [first, second] = [values(step()), values(step())];
    expect(first).not.toEqual(second);
    setSeed(5);
    expect([values(step()), values(step())]).toEqual([first, second]);
  });

  test("are those that the step itself draws with the call's seed", () => {
    const step = compile(draw);
    setSeed(9);
    const compiled = [values(step()), values(step())];
    const eager = [0, 1].map((call) => values(withSeed(foldIn(9, call), draw)));
    expect(compiled).toEqual(eager);
  });
});

describe("a step that cannot be compiled says why", () => {
  const x = tf.tensor1d([1, 2, 3]);
  const w = tf.variable(tf.scalar(3));
  const gone = tf.scalar(1);
  gone.dispose();

  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    ["reads a result", () => tf.mul(x, w).dataSync()[0], /reads the result of Mul on the host/],
    ["reads a variable", () => tf.mul(x, w.dataSync()[0]), /reads a variable on the host/],
    [
      "prints",
      () => {
        tf.add(w, 1).print();
      },
      /reads the result of Add on the host/,
    ],
    ["reads later", () => void tf.add(w, 1).data(), /reads the result of Add on the host/],
    ["draws in JavaScript", () => tf.mul(x, Math.random()), /random numbers in JavaScript/],
    ["draws by TensorFlow.js", () => tf.add(x, tf.randomNormal([3])), /random numbers in JavaScript/],
    ["uses a disposed tensor", () => tf.mul(x, gone), /uses a tensor .* that has been disposed/],
    ["makes a variable", () => tf.variable(tf.scalar(1)).mul(2), /makes a variable/],
    ["has a shape of data", () => tf.zeros([tf.sum(w).dataSync()[0]]), /on the host/],
    ["has a size of data", () => tf.booleanMaskAsync(x, tf.greater(x, w)), /host|shape|promise/],
    ["is async", () => Promise.resolve(1), /without async/],
    ["gives a class", () => new Date(), /object of a class/],
    ["has shapes that do not fit", () => tf.add(x, tf.ones([2])), /\[3\]|shapes|broadcast/i],
  ];

  test.each(cases)("%s", async (_name, step, message) => {
    const before = tf.memory().numTensors;
    const compiled = compile(step);
    expect(() => compiled()).toThrow(message);
    await Promise.resolve();
    expect(tf.memory().numTensors).toBe(before);
    expect(w.dataSync()[0]).toBe(3);
    expect(Math.random()).not.toBe(Math.random());
    expect(values(tf.add(x, w))).toEqual([4, 5, 6]);
  });

  test("an unknown precision", () => {
    const options = { precision: "float16" } as unknown as { precision: "float32" };
    expect(() => compile(() => 1, options)).toThrow('precision is "float16"; use "float32" or "bfloat16".');
    expect(() => compile(() => 1, { programs: 0 })).toThrow(/programs is 0/);
  });

  test("an argument's error names it", () => {
    const step = compile((arg: Nested) => (arg === undefined ? 1 : 2));
    expect(() => step({ a: [(() => 1) as unknown as Nested] })).toThrow(/\.a\[0\] is a function/);
  });

  test("a disposed variable is named at the next call", () => {
    const v = tf.variable(tf.scalar(1), true, "weights of the test");
    const step = compile(() => tf.mul(v, 2));
    step();
    v.dispose();
    expect(() => step()).toThrow(/weights of the test.*disposed/);
  });

  test("a tensor that was left outside is refused, and can be disposed", () => {
    let kept: tf.Tensor | undefined;
    const step = compile(() => (kept = tf.keep(tf.add(x, 1))).mul(2));
    expect(values(step())).toEqual([4, 6, 8]);
    expect(() => values(tf.add(kept as tf.Tensor, 1))).toThrow();
    kept?.dispose();
  });
});

test("indices, times and images may be chosen within the step", () => {
  const images = tf.range(0, 600).reshape<tf.Tensor2D>([100, 6]);
  const schedule = linearSchedule(50);
  const step = compile((indices: tf.Tensor1D, t: tf.Tensor1D) => {
    const x = tf.gather(images, indices);
    return {
      x,
      z: diffusionKernel(x, t, schedule).mean,
      g: tf.grad((a) => tf.sum(tf.gather(a, indices)))(images),
    };
  });
  const [indices, t] = [tf.tensor1d([7, 99, 7], "int32"), tf.tensor1d([1, 25, 50], "int32")];
  const { x, z, g } = step(indices, t);
  const eager = diffusionKernel(tf.gather(images, indices), t, schedule).mean;
  expect(values(x)).toEqual(values(tf.gather(images, indices)));
  expect(values(z)).toEqual(values(eager));
  expect(values(tf.sum(g, 1)).filter((sum) => sum > 0)).toEqual([12, 6]);
  expect(() => tf.gather(images, tf.tensor1d([100], "int32"))).toThrow(/not in \[0, 99\]/);
});

test("a compiled step within another one is part of it", () => {
  const inner = compile((a: tf.Tensor) => tf.mul(a, 2));
  const outer = compile((a: tf.Tensor) => tf.add(inner(a), 1));
  expect(values(outer(tf.scalar(4)))).toEqual([9]);
  expect(inner.traces).toBe(0);
});

test("XLA gives the same numbers", () => {
  const w = tf.variable(tf.ones([4, 4]));
  const step = (a: tf.Tensor): tf.Tensor =>
    tf.add(tf.mean(tf.tanh(tf.matMul(a as tf.Tensor2D, w as unknown as tf.Tensor2D)), 0), randomNormal([4]));
  const a = randomNormal([8, 4], 1);
  const [plain, xla] = [compile(step), compile(step, { xla: true })].map((call) => {
    setSeed(3);
    return values(call(a));
  });
  xla.forEach((value, i) => {
    expect(value).toBeCloseTo(plain[i], 5);
  });
});

test("a step that XLA cannot compile runs without it, and says so", () => {
  const warn = jest.spyOn(console, "warn").mockImplementation(() => undefined);
  const w = tf.variable(tf.scalar(2));
  const real = binding.runSavedModel.bind(binding);
  let refusals = 0;
  const failing = Object.create(binding, {
    runSavedModel: {
      value: (...args: Parameters<typeof binding.runSavedModel>) => {
        if (!args[3].includes("done") || refusals++ > 0) return real(...args);
        throw new Error("libdevice not found");
      },
    },
  }) as typeof binding;
  const step = compile(
    (x: tf.Tensor) => {
      w.assign(tf.mul(w, x));
      return tf.add(w, tf.range(0, 300).sum());
    },
    { xla: true },
  );
  try {
    internals()!.binding = failing;
    expect(values(step(tf.scalar(3)))).toEqual([44856]);
  } finally {
    internals()!.binding = binding;
  }
  expect(warn).toHaveBeenCalledTimes(1);
  expect(String(warn.mock.calls[0][0])).toMatch(/runs without it: libdevice not found/);
  warn.mockRestore();
  expect(values(step(tf.scalar(3)))).toEqual([44868]);
  expect(values(w)).toEqual([18]);
});

test("a report tells what was traced", () => {
  const w = tf.variable(tf.ones([2]));
  const step = compile((x: tf.Tensor) => {
    tf.mul(x, 5); // nobody uses it
    return tf.add(tf.mul(x, w), w);
  });
  expect(step.report).toBeUndefined();
  step(tf.ones([2]));
  const names = step.report?.nodes.map(({ operation }) => operation) ?? [];
  expect(step.report?.operations).toBe(3);
  expect(names.filter((name) => name === "Mul")).toHaveLength(1);
  expect(names).toContain("VarHandleOp");
});
