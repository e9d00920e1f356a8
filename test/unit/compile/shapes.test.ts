/** The shapes that tracing works out are those that TensorFlow gives. */
import {
  randomNormal,
  randomUniform,
  silu,
  conv2d,
  groupNorm,
  attention,
  compile,
  upsample,
  downsample,
  embedding,
  tf,
} from "diffusion";
import { internals } from "../../../src/backend/internals";
import { outputShapes } from "../../../src/compile/shapes";

const backend = internals();
if (!backend) throw new Error("These tests are about the native backend.");

/** Runs an action, and compares the shapes of all that TensorFlow gives with those worked out; returns the operations
 * that are not known. */
function compareShapes(action: () => void): { compared: Set<string>; unknown: Set<string> } {
  const native = backend as NonNullable<typeof backend>;
  const real = native.binding;
  const known = new Map<
    number,
    { type: number; shape: number[]; numbers: Float32Array | Int32Array | Uint8Array }
  >();
  const [compared, unknown] = [new Set<string>(), new Set<string>()];
  native.binding = Object.create(real, {
    createTensor: {
      value: (...args: Parameters<typeof real.createTensor>) => {
        const id = real.createTensor(...args);
        known.set(id, { type: args[1], shape: [...args[0]], numbers: args[2] });
        return id;
      },
    },
    executeOp: {
      value: (...args: Parameters<typeof real.executeOp>) => {
        const [name, attributes, inputs] = args;
        const given = inputs.map(
          (id) => known.get(id) ?? { type: -1, shape: [-1], numbers: new Float32Array() },
        );
        const results = real.executeOp(...args);
        for (const { id, dtype, shape } of results) {
          const numbers = dtype === 7 || dtype === 20 ? new Float32Array() : real.tensorDataSync(id).slice();
          known.set(id, { type: dtype, shape, numbers });
        }
        const expected = outputShapes(name, attributes, given);
        if (!expected) unknown.add(name);
        else {
          compared.add(name);
          const found = results.map(({ dtype, shape }) => ({ type: dtype, shape: [...shape] }));
          expect({ name, found: expected.slice(0, results.length) }).toEqual({ name, found });
        }
        return results;
      },
    },
  }) as typeof real;
  try {
    action();
  } finally {
    native.binding = real;
  }
  return { compared, unknown };
}

test("for operations and gradients of TensorFlow.js and of this library", () => {
  const { compared, unknown } = compareShapes(() => {
    tf.tidy(() => {
      const x = randomUniform<tf.Rank.R4>([2, 5, 7, 6], 1);
      const w = randomNormal<tf.Rank.R4>([3, 2, 6, 4], 2);
      const m = randomNormal<tf.Rank.R2>([6, 3], 3);
      const g = (f: (a: tf.Tensor) => tf.Tensor, a: tf.Tensor = x): tf.Tensor =>
        tf.grad((b) => tf.sum(f(b)))(a);
      for (const f of [
        tf.tanh,
        tf.exp,
        tf.log,
        tf.sqrt,
        tf.rsqrt,
        tf.abs,
        tf.sin,
        tf.cos,
        tf.square,
        tf.sigmoid,
        tf.relu,
        tf.elu,
        tf.softplus,
        tf.erf,
        tf.reciprocal,
        tf.neg,
        tf.expm1,
        tf.log1p,
        tf.sign,
        tf.floor,
        tf.atan,
        tf.sinh,
      ]) {
        g((a) => (f as (a: tf.Tensor) => tf.Tensor)(a));
      }
      for (const f of [tf.add, tf.sub, tf.mul, tf.div, tf.pow, tf.atan2]) {
        g((a) =>
          (f as (a: tf.Tensor, b: tf.Tensor) => tf.Tensor)(a, tf.slice(x, [0, 0, 0, 0], [1, 5, 1, 6])),
        );
      }
      // The gradients of these do not know broadcasting.
      for (const f of [tf.maximum, tf.minimum, tf.squaredDifference]) {
        f(x, tf.ones([1, 5, 1, 6]));
        g((a) => f(a, tf.ones([2, 5, 7, 6])));
      }
      for (const f of [tf.equal, tf.greater, tf.lessEqual, tf.notEqual]) f(x, x);
      g((a) => tf.sum(a, [1, 2], true));
      g((a) => tf.mean(a, -1));
      g((a) => tf.max(a, 2));
      tf.any(tf.greater(x, 0), 1);
      tf.all(tf.greater(x, 0));
      tf.argMax(x, -1);
      tf.argMin(x, 0);
      g((a) => tf.softmax(a));
      g((a) => tf.logSoftmax(a));
      g((a) => tf.cumsum(a, 3));
      for (const stride of [1, 2, 3]) {
        for (const padding of ["same", "valid"] as const) {
          g((a) => tf.conv2d(a as tf.Tensor4D, w, stride, padding));
          g((b) => tf.conv2d(x, b as tf.Tensor4D, stride, padding), w);
          g((a) => tf.avgPool(a as tf.Tensor4D, [3, 2], stride, padding));
          g((a) => tf.maxPool(a as tf.Tensor4D, 2, stride, padding));
        }
      }
      tf.conv2d(x, w, 1, "valid", "NHWC", 2);
      tf.conv2d(x, w, 1, [
        [0, 0],
        [1, 2],
        [0, 1],
        [0, 0],
      ]);
      g((a) => tf.matMul(a, m, true), randomNormal([6, 2], 4));
      g((a) => tf.matMul(a, randomNormal([1, 4, 5], 5), false, true), randomNormal([3, 2, 5], 6));
      g((a) => tf.transpose(a, [3, 1, 0, 2]));
      g((a) => tf.reshape(a, [10, -1]));
      g((a) => tf.concat([a, tf.mul(a, 2)], 3));
      g((a) =>
        tf.stack(
          tf.split(a, [1, 2, 3], 3).map((part) => tf.sum(part, 3)),
          -1,
        ),
      );
      g((a) => tf.stack(tf.unstack(a, 1), 2));
      g((a) => tf.slice(a, [0, 1, 2, 0], [2, 3, -1, 1]));
      g((a) => tf.tile(a, [1, 2, 3, 1]));
      g((a) =>
        tf.pad(a, [
          [0, 0],
          [1, 2],
          [3, 0],
          [0, 0],
        ]),
      );
      g((a) =>
        tf.mirrorPad(
          a,
          [
            [0, 0],
            [1, 2],
            [3, 0],
            [0, 0],
          ],
          "reflect",
        ),
      );
      g((a) =>
        tf.gather(
          a,
          tf.tensor2d(
            [
              [0, 1],
              [1, 1],
            ],
            [2, 2],
            "int32",
          ),
          1,
        ),
      );
      tf.gatherND(
        x,
        tf.tensor2d(
          [
            [0, 1],
            [1, 2],
          ],
          [2, 2],
          "int32",
        ),
      );
      tf.scatterND(tf.tensor2d([[1], [2]], [2, 1], "int32"), tf.ones([2, 3]), [5, 3]);
      tf.oneHot(tf.tensor1d([0, 2], "int32"), 4);
      const positive = tf.greater(x, 0.5);
      g((a) => tf.where(positive, a, tf.zeros(x.shape)));
      g((a) => tf.image.resizeNearestNeighbor(a as tf.Tensor4D, [10, 14]));
      g((a) => tf.image.resizeBilinear(a as tf.Tensor4D, [9, 4]));
      g((a) => tf.reverse(a, 1));
      tf.cast(tf.range(0, 7, 2, "int32"), "bool");
      tf.logicalNot(tf.greater(x, 0));
      tf.fill([2, 3], 4);
      tf.broadcastTo(tf.ones([1, 3]), [4, 3]);
      tf.expandDims(x, -2);
      tf.addN([x, x, x]);
      tf.topk(x, 2);
      tf.linspace(0, 1, 4);
      g((a) => silu(a));
      g((a) => conv2d(a, w, tf.ones([4]), { stride: 2 }));
      for (const withSilu of [false, true])
        g((a) => groupNorm(a, tf.ones([6]), tf.zeros([6]), { groups: 3, silu: withSilu }));
      g(
        (a) => attention(a, tf.ones([2, 4, 6]), tf.ones([2, 4, 6]), { heads: 2 }),
        randomNormal([2, 3, 6], 7),
      );
      g((a) => upsample(a));
      g((a) => downsample(a), randomNormal([2, 4, 6, 3], 8));
      g((a) => embedding(tf.tensor2d([[0, 1, 1]], [1, 3], "int32"), a), m);
    });
  });
  expect([...unknown]).toEqual(["LinSpace"]); // see below
  expect(compared.size).toBeGreaterThan(80);
});

test("what is not known is tried out, with the values of its constants", () => {
  const step = compile((x: tf.Tensor) => tf.add(x, tf.linspace(0, 1, 5)));
  expect(Array.from(step(tf.zeros([5])).dataSync())).toEqual([0, 0.25, 0.5, 0.75, 1]);
});
