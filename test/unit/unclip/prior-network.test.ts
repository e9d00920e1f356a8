import { denoisingLoss, embeddingPrior, randomNormal, tf, type Condition } from "diffusion";
import { expectGradients } from "../network/awake";
import { awake, features, schedule, tinyPrior, values } from "./tiny";

const z = randomNormal<tf.Rank.R2>([3, features], 1);
const t = tf.tensor1d([1, 20, 50], "int32");
const vector = randomNormal<tf.Rank.R2>([3, features], 2);
const captions = (...rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, [rows.length, 4], "int32");
const tokens = captions([1, 2, 3, 0], [1, 4, 0, 0], [1, 5, 2, 4]);
const network = awake(tinyPrior());
const told = (condition: Condition, at = z): number[] => values(network.predict(at, t, { condition }));
const row = (all: readonly number[], i: number): number[] => all.slice(i * features, (i + 1) * features);

test("begins by predicting 0, so that its first loss is the embeddings' mean square", () => {
  const fresh = tinyPrior();
  expect(values(fresh.predict(z, t, { condition: { tokens, vector } })).every((value) => value === 0)).toBe(
    true,
  );
  const loss = denoisingLoss((at, times) => fresh.predict(at, times), z, schedule, { predicts: "x" });
  expect(loss.dataSync()[0]).toBeCloseTo(z.square().mean().dataSync()[0], 5);
  fresh.dispose();
});

test("what is told of a sample changes that sample alone", () => {
  const base = told({ tokens, vector });
  const changes: Condition[] = [
    { tokens: captions([1, 2, 3, 0], [1, 3, 0, 0], [1, 5, 2, 4]), vector },
    { tokens, vector: tf.add(vector, tf.tensor2d([0, 1, 0], [3, 1])) },
  ];
  const later = values(
    network.predict(z, tf.tensor1d([1, 21, 50], "int32"), { condition: { tokens, vector } }),
  );
  const noisier = told({ tokens, vector }, tf.add<tf.Tensor2D>(z, tf.tensor2d([0, 1, 0], [3, 1])));
  for (const changed of [...changes.map((condition) => told(condition)), later, noisier]) {
    expect(row(changed, 0)).toEqual(row(base, 0));
    expect(row(changed, 1)).not.toEqual(row(base, 1));
    expect(row(changed, 2)).toEqual(row(base, 2));
  }
});

test("nothing told is the empty caption and an embedding of zeros", () => {
  const nothing = {
    tokens: captions(...Array.from({ length: 3 }, () => [1, 0, 0, 0])),
    vector: tf.zeros([3, features]),
  };
  expect(told(nothing)).toEqual(told({}));
  expect(told({ tokens })).not.toEqual(told({}));
  expect(told({ vector })).not.toEqual(told({}));
});

test("padding has no influence, whatever stands for it; the order of words has", () => {
  const base = told({ tokens, vector });
  const place = network.names.indexOf("words/table");
  const table = network.parameters[place];
  const marked = tf.tensor2d([1, ...new Array<number>(table.shape[0] - 1).fill(0)], [table.shape[0], 1]);
  const parameters = network.parameters.map((each, i) => (i === place ? each.add(marked.mul(5)) : each));
  values(network.predict(z, t, { parameters, condition: { tokens, vector } })).forEach((value, i) => {
    expect(value).toBeCloseTo(base[i], 5);
  });
  const swapped = told({ tokens: captions([1, 3, 2, 0], [1, 4, 0, 0], [1, 5, 2, 4]), vector });
  expect(Math.abs(swapped[0] - base[0])).toBeGreaterThan(1e-4);
});

test("gradients of its loss agree with finite differences, in every parameter", () => {
  const noise = randomNormal<tf.Rank.R2>([3, features], 4);
  const condition = { tokens, vector };
  expectGradients(network, (parameters) =>
    denoisingLoss(
      (at, times) => network.predict(at, times, { condition, ...(parameters && { parameters }) }),
      randomNormal<tf.Rank.R2>([3, features], 5),
      schedule,
      { predicts: "x", t, noise },
    ),
  );
});

test("counts its parameters and operations", () => {
  expect(network.parameterCount).toBe(network.parameters.reduce((sum, { size }) => sum + size, 0));
  // A block: 12 width² weights, each used at 8 places; queries, keys and values for each pair of places.
  const block = 2 * 8 * 12 * 8 ** 2 + 4 * 8 ** 2 * 8;
  const others = 2 * (features * 8 + 8 * 8 + features * 8) + 2 * 8 * features;
  expect(network.flops).toBe(2 * block + others);
});

test("what does not fit is named", () => {
  expect(() => network.predict(tf.zeros([3, 5]), t)).toThrow("z has the shape [3, 5]; use [any, 6].");
  expect(() => told({ vector: tf.zeros([3, 5]) })).toThrow(
    "condition.vector has the shape [3, 5]; use [3, 6].",
  );
  expect(() => told({ tokens: tf.zeros([3, 5], "int32") })).toThrow("condition.tokens has the shape [3, 5]");
  expect(() => told({ image: tf.zeros([3, 8, 8, 1]) })).toThrow("condition.image is given");
  const options = { features: 6, steps: 50, text: { vocabulary: 6, length: 4 } };
  expect(() => embeddingPrior({ ...options, features: 0 })).toThrow("features is 0");
  expect(() => embeddingPrior({ ...options, width: 9 })).toThrow("width is 9; use an even number");
  expect(() => embeddingPrior({ ...options, width: 10 })).toThrow(
    "heads is 4, which does not divide the width of 10",
  );
  expect(() => embeddingPrior({ ...options, text: { vocabulary: 1, length: 4 } })).toThrow(
    "text.vocabulary is 1",
  );
});
