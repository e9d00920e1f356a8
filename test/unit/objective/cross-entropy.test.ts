import { compile, crossEntropy, tf } from "diffusion";

const logits = tf.tensor2d([
  [1, 2, -0.5],
  [0.3, -4, 0],
]);
const labels = tf.tensor1d([2, 0], "int32");
const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

/** Row by row in double precision. */
const probabilities = [
  [1, 2, -0.5],
  [0.3, -4, 0],
].map((row) => {
  const sum = row.reduce((total, value) => total + Math.exp(value), 0);
  return row.map((value) => Math.exp(value) / sum);
});

test("is minus the log of what the right classes are given, in nats", () => {
  const expected = -(Math.log(probabilities[0][2]) + Math.log(probabilities[1][0])) / 2;
  expect(values(crossEntropy(logits, labels))[0]).toBeCloseTo(expected, 6);
  expect(values(compile(() => crossEntropy(logits, labels))())[0]).toBeCloseTo(expected, 6);
});

test("smoothing moves a part of the right class to all", () => {
  const wanted = [
    [0.1, 0.1, 0.8],
    [0.8, 0.1, 0.1],
  ];
  const sum = probabilities.flatMap((row, i) => row.map((p, c) => -wanted[i][c] * Math.log(p)));
  expect(values(crossEntropy(logits, labels, 0.3))[0]).toBeCloseTo(sum.reduce((a, b) => a + b) / 2, 6);
});

test("its gradient by the logits is softmax minus what is wanted", () => {
  const gradient = values(tf.grad((x) => crossEntropy(x, labels))(logits));
  const expected = probabilities.flatMap((row, i) => row.map((p, c) => (p - (c === [2, 0][i] ? 1 : 0)) / 2));
  gradient.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 6);
  });
});

test("what does not fit is named", () => {
  expect(() => crossEntropy(logits, tf.tensor1d([1], "int32"))).toThrow("labels has the shape [1]");
  expect(() => crossEntropy(logits, tf.tensor1d([1, 0]))).toThrow("labels is a tensor of float32; use int32");
  expect(() => crossEntropy(tf.zeros([2]), labels)).toThrow("logits has the shape [2]");
});
