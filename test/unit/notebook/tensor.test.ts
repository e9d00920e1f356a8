import { inspect } from "node:util";
import { tf } from "../../../src/backend";
import { bundleOf } from "../../../src/notebook/show";
import { tensorPreview } from "../../../src/notebook/tensor";

const numbersIn = (text: string): number[] => (text.match(/-?\d+(\.\d+)?(e[+-]\d+)?/g) ?? []).map(Number);

test("a small tensor is shown whole, in the notebook and on the console alike", () => {
  const tensor = tf.tensor2d([
    [1, -2.5],
    [1e-9, 4],
  ]);
  const [head, ...rows] = inspect(tensor).split("\n");
  expect(head).toBe("Tensor float32 [2, 2]");
  expect(rows.map(numbersIn)).toEqual([
    [1, -2.5],
    [1e-9, 4],
  ]);
  expect(bundleOf(tensor)).toEqual({ "text/plain": inspect(tensor) });
});

test("of a large tensor only a corner is read", () => {
  const tensor = tf.range(0, 200_000).reshape([10, 100, 200]);
  const read = jest.spyOn(tensor, "dataSync");
  const preview = tensorPreview(tensor);
  expect(read).not.toHaveBeenCalled();
  const [head, first, second] = preview.split("\n");
  expect(head).toBe("Tensor float32 [10, 100, 200], [0] is");
  expect(numbersIn(first)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(numbersIn(second)).toEqual([200, 201, 202, 203, 204, 205, 206, 207]);
  expect(preview.length).toBeLessThan(800);
});

test("a preview leaves no tensor behind", () => {
  const tensor = tf.zeros([4, 4, 4]);
  const before = tf.memory().numTensors;
  tensorPreview(tensor);
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  ["scalar", () => tf.scalar(3.5), "Tensor float32 []\n    3.500"],
  ["vector of int32", () => tf.tensor1d([7, 8], "int32"), "Tensor int32 [2]\n        7         8"],
  ["text", () => tf.tensor1d(["a"]), "Tensor string [1]\n      'a'"],
  ["empty", () => tf.zeros([0, 3]), "Tensor float32 [0, 3]"],
  ["NaN", () => tf.scalar(NaN), "Tensor float32 []\n      NaN"],
])("%s", (_, make, preview) => {
  expect(tensorPreview(make())).toBe(preview);
});

test("a disposed tensor says so", () => {
  const tensor = tf.zeros([2]);
  tensor.dispose();
  expect(inspect(tensor)).toBe("Tensor float32 [2], disposed");
});
