import { tf } from "diffusion";
import { groupNorm, type GroupNormOptions } from "../../../../src/layers";
import { at, build, sum, type NdArray } from "../array";
import { expectError, expectLikeAutodiff, expectLikeReference } from "../compare";
import { siluReference } from "./silu";

const shapes: [number[], number][] = [
  [[2, 3, 5, 6], 1],
  [[2, 3, 5, 6], 2],
  [[1, 3, 2, 6], 6],
  [[2, 7, 4], 2],
  [[2, 1, 1, 8], 2],
  [[2, 2, 3, 2, 4], 2],
  [[3, 6], 2],
];

export function groupNormCases(): void {
  for (const silu of [false, true]) {
    const after = silu ? ", then SiLU" : "";
    test.each(shapes)(`x of %j in %i groups${after}: as the reference`, (shape, groups) => {
      const channels = [shape[shape.length - 1]];
      expectLikeReference(layer({ groups, silu }), reference({ groups, silu }), [shape, channels, channels], {
        tolerance: 2e-5,
      });
    });

    test(`as automatic gradients${after}`, () => {
      const options = { groups: 4, silu };
      expectLikeAutodiff(layer(options), formula(options), [[4, 16, 17, 16], [16], [16]]);
    });
  }

  test("a mean a thousand times the deviation: the variance keeps its digits", () => {
    const options = { groups: 2, silu: true };
    // The tolerance is a few times what float32 leaves of the numbers themselves, 1000 · 2⁻²⁴ = 6 · 10⁻⁵.
    expectLikeReference(layer(options), reference(options), [[2, 8, 8, 4], [4], [4]], {
      mean: 1000,
      tolerance: 5e-4,
    });
  });

  test("epsilon is added to the variance", () => {
    const options = { groups: 2, epsilon: 0.5 };
    expectLikeReference(layer(options), reference(options), [[2, 3, 4], [4], [4]]);
  });

  test("where all numbers are the same, the offset remains", () => {
    const [x, scale, offset] = [tf.fill([1, 4, 4, 2], 7), tf.ones([2]), tf.tensor1d([3, 4])];
    const value = groupNorm(x, scale, offset, { groups: 1 });
    expect([...value.dataSync()].slice(0, 4)).toEqual([3, 4, 3, 4]);
    tf.dispose([x, scale, offset, value]);
  });

  test("bad arguments are named", () => {
    const [x, scale, offset] = [tf.zeros([2, 3, 3, 4]), tf.ones([4]), tf.zeros([4])];
    const three = tf.zeros([3]);
    const integers = tf.zeros([4], "int32");
    const run =
      (
        x: tf.Tensor,
        scale: tf.Tensor,
        offset: tf.Tensor,
        groups: number,
        epsilon?: number,
      ): (() => unknown) =>
      () =>
        groupNorm(x, scale, offset, epsilon === undefined ? { groups } : { groups, epsilon });
    expectError(run(scale, scale, offset, 2), "x has the shape [4]; use [batch, ..., channels]");
    expectError(run(x, three, offset, 2), "scale has the shape [3]; use [4]");
    expectError(run(x, scale, three, 2), "offset has the shape [3]; use [4]");
    expectError(run(x, scale, offset, 3), "groups is 3; use a divisor of 4, the channels of x");
    expectError(run(x, scale, offset, 0), "groups is 0; use a whole number of 1 or more");
    expectError(run(x, scale, offset, 2, -1), "epsilon is -1; use a finite number of 0 or more");
    expectError(run(x, integers, offset, 2), "scale is a tensor of int32; use float32");
    tf.dispose([x, scale, offset, three, integers]);
  });
}

type Norm = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) => tf.Tensor;

function layer(options: GroupNormOptions): Norm {
  return (x, scale, offset) => groupNorm(x, scale, offset, options);
}

function formula({ groups, silu }: GroupNormOptions): Norm {
  return (x, scale, offset) => {
    const [batch, ...rest] = x.shape as number[];
    const channels = rest[rest.length - 1];
    const grouped = tf.reshape(x, [batch, -1, groups, channels / groups]);
    const { mean, variance } = tf.moments(grouped, [1, 3], true);
    const normal = tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, 1e-5)));
    const y = tf.add(tf.mul(tf.reshape(normal, x.shape), scale), offset);
    return silu ? tf.mul(y, tf.sigmoid(y)) : y;
  };
}

function reference({
  groups,
  epsilon = 1e-5,
  silu = false,
}: GroupNormOptions): (...inputs: NdArray[]) => NdArray {
  return (x, scale, offset) => {
    const [batch, channels] = [x.shape[0], x.shape[x.shape.length - 1]];
    const pixels = x.values.length / batch / channels;
    const each = channels / groups;
    const flat = { shape: [batch, pixels, channels], values: x.values };
    const mean = (term: (x: number) => number, b: number, group: number): number =>
      sum(pixels, (pixel) => sum(each, (c) => term(at(flat, b, pixel, group * each + c)))) / pixels / each;
    const means = build([batch, groups], (b, group) => mean((x) => x, b, group));
    const variances = build([batch, groups], (b, group) =>
      mean((x) => (x - at(means, b, group)) ** 2, b, group),
    );
    const { values } = build(flat.shape, (b, pixel, c) => {
      const group = Math.floor(c / each);
      const shifted = at(flat, b, pixel, c) - at(means, b, group);
      return (shifted / Math.sqrt(at(variances, b, group) + epsilon)) * at(scale, c) + at(offset, c);
    });
    return silu ? siluReference({ shape: x.shape, values }) : { shape: x.shape, values };
  };
}
