import { randomNormal, tf } from "diffusion";
import { attention, attentionWeights } from "../../../../src/layers";
import { at, build, sum, type NdArray } from "../array";
import { expectClose, expectError, expectLikeAutodiff, expectLikeReference } from "../compare";

type Shape = [number, number, number];

const cases: [string, number, Shape, Shape, Shape][] = [
  ["one head", 1, [2, 5, 4], [2, 5, 4], [2, 5, 4]],
  ["two heads", 2, [2, 3, 4], [2, 3, 4], [2, 3, 4]],
  ["a head for each channel", 4, [1, 3, 4], [1, 3, 4], [1, 3, 4]],
  ["cross-attention", 1, [2, 3, 4], [2, 5, 4], [2, 5, 4]],
  ["cross-attention by two heads to other channels", 2, [2, 4, 4], [2, 3, 4], [2, 3, 6]],
  ["a single token", 1, [1, 1, 3], [1, 1, 3], [1, 1, 2]],
];

export function attentionCases(): void {
  test.each(cases)("%s: as the reference", (_, heads, ...shapes) => {
    expectLikeReference(
      (query, key, value) => attention(query, key, value, { heads }),
      (query, key, value) => reference(query, key, value, heads),
      shapes,
    );
  });

  test("as automatic gradients", () => {
    const shapes = [
      [2, 49, 16],
      [2, 30, 16],
      [2, 30, 20],
    ];
    expectLikeAutodiff((query, key, value) => attention(query, key, value), formula, shapes);
    expectLikeAutodiff(
      (query, key, value) => attention(query, key, value, { heads: 4 }),
      (...inputs) => {
        const heads = inputs.map((input) => tf.split(input, 4, 2));
        return tf.concat(
          heads[0].map((_, head) => formula(heads[0][head], heads[1][head], heads[2][head])),
          2,
        );
      },
      shapes,
    );
  });

  test("large logits do not overflow", () => {
    const x = tf.tensor3d([1000, 0, 0, 1000], [1, 2, 2]);
    const value = attention(x, x, x);
    expectClose("value", value.dataSync(), [1000, 0, 0, 1000], 1e-6);
    tf.dispose([x, value]);
  });

  test.each([1, 2])("tokens behind a mask count for nothing, with %i heads", (heads) => {
    const random = (shape: Shape, seed: number): tf.Tensor3D => randomNormal(shape, seed);
    const inputs = [random([2, 3, 4], 1), random([2, 5, 4], 2), random([2, 5, 4], 3)];
    // The first sample keeps tokens 0 and 3, the second all but the last.
    const mask = tf.tensor2d([1, 0, 0, 1, 0, 1, 1, 1, 1, 0], [2, 5]);
    const direction = random([2, 3, 4], 4);
    const masked = (query: tf.Tensor, key: tf.Tensor, value: tf.Tensor): tf.Tensor =>
      attention(query, key, value, { heads, mask });
    const gathered = (query: tf.Tensor, key: tf.Tensor, value: tf.Tensor): tf.Tensor =>
      tf.concat(
        [
          [0, 3],
          [0, 1, 2, 3],
        ].map((kept, sample) => {
          const [q, ...rest] = [query, key, value].map((each) => each.slice([sample, 0, 0], [1, -1, -1]));
          const [k, v] = rest.map((each) =>
            tf.concat(
              kept.map((token) => each.slice([0, token, 0], [-1, 1, -1])),
              1,
            ),
          );
          return attention(q, k, v, { heads });
        }),
      );
    const [found, wanted] = [masked, gathered].map((layer) => {
      const loss = (...given: tf.Tensor[]): tf.Tensor =>
        layer(given[0], given[1], given[2]).mul(direction).sum();
      return [layer(inputs[0], inputs[1], inputs[2]), ...tf.grads(loss)(inputs)];
    });
    found.forEach((each, i) => {
      expectClose(`result ${i}`, each.dataSync(), [...wanted[i].dataSync()], 1e-5);
    });
    const weights = attentionWeights(inputs[0], inputs[1], { heads, mask });
    const hidden = weights.mul(tf.sub(1, mask).reshape([2, 1, 1, 5])).sum();
    expect(hidden.dataSync()[0]).toBe(0);
    tf.dispose([inputs, mask, direction, found, wanted, weights, hidden]);
  });

  test("a bias is added to the products of queries and keys, head by head", () => {
    const shapes = [
      [2, 3, 4],
      [2, 5, 4],
      [2, 5, 6],
    ];
    const bias = randomNormal([2, 3, 5], 9).mul<tf.Tensor3D>(3);
    expectLikeAutodiff(
      (query, key, value) => attention(query, key, value, { heads: 2, bias }),
      (...inputs) => {
        const heads = inputs.map((input) => tf.split(input, 2, 2));
        const each = tf.unstack(bias);
        return tf.concat(
          each.map((added, head) => formula(heads[0][head], heads[1][head], heads[2][head], added)),
          2,
        );
      },
      shapes,
    );
    const [query, key, value] = shapes.map((shape, i) => randomNormal(shape as Shape, i));
    const weights = attentionWeights(query, key, { heads: 2, bias });
    const mixed = tf.matMul(weights, tf.stack(tf.split(value, 2, 2), 1));
    const all = attention(query, key, value, { heads: 2, bias });
    expectClose("mixed", tf.concat(tf.unstack(mixed, 1), 2).dataSync(), [...all.dataSync()], 1e-5);
  });

  test("bad arguments are named", () => {
    const [x, six] = [tf.zeros([2, 3, 4]), tf.zeros([2, 3, 6])];
    const [more, single] = [tf.zeros([2, 5, 4]), tf.zeros([1, 3, 4])];
    const matrix = tf.zeros([3, 4]);
    const integers = tf.zeros([2, 3, 4], "int32");
    expectError(() => attention(matrix, x, x), "query has the shape [3, 4]; use [any, any, any]");
    expectError(() => attention(x, six, x), "key has the shape [2, 3, 6]; use [2, any, 4]");
    expectError(() => attention(x, single, x), "key has the shape [1, 3, 4]; use [2, any, 4]");
    expectError(() => attention(x, x, more), "value has the shape [2, 5, 4]; use [2, 3, any]");
    expectError(
      () => attention(x, x, x, { heads: 3 }),
      "heads is 3; use a divisor of 4, the channels of query",
    );
    expectError(
      () => attention(x, x, six, { heads: 4 }),
      "heads is 4; use a divisor of 6, the channels of value",
    );
    expectError(() => attention(x, x, x, { heads: 0 }), "heads is 0; use a whole number of 1 or more");
    expectError(() => attention(x, x, integers), "value is a tensor of int32; use float32");
    expectError(() => attention(x, more, more, { mask: matrix }), "mask has the shape [3, 4]; use [2, 5]");
    expectError(
      () => attention(x, more, more, { heads: 2, bias: x }),
      "bias has the shape [2, 3, 4]; use [2, 3, 5]",
    );
    tf.dispose([x, six, more, single, matrix, integers]);
  });
}

function formula(
  query: tf.Tensor,
  key: tf.Tensor,
  value: tf.Tensor,
  bias: tf.Tensor = tf.scalar(0),
): tf.Tensor {
  const [, , channels]: number[] = query.shape;
  const logits = tf.div(tf.matMul(query, key, false, true), Math.sqrt(channels)).add(bias);
  return tf.matMul(tf.softmax(logits), value);
}

function reference(query: NdArray, key: NdArray, value: NdArray, heads: number): NdArray {
  const [batch, tokens, channels] = query.shape;
  const [, others, channelsOut] = value.shape;
  const [each, eachOut] = [channels / heads, channelsOut / heads];
  const unscaled = build([batch, heads, tokens, others], (b, head, i, j) => {
    const product = sum(each, (c) => at(query, b, i, head * each + c) * at(key, b, j, head * each + c));
    return Math.exp(product / Math.sqrt(each));
  });
  return build([batch, tokens, channelsOut], (b, i, c) => {
    const head = Math.floor(c / eachOut);
    const weight = (j: number): number => at(unscaled, b, head, i, j);
    return sum(others, (j) => weight(j) * at(value, b, j, c)) / sum(others, weight);
  });
}
