import {
  classifier,
  compile,
  groupNorm,
  randomNormal,
  setSeed,
  tf,
  type Classifier,
  type ClassifierOptions,
} from "diffusion";
import { awaken } from "./awake";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const small: ClassifierOptions = {
  size: 8,
  classes: 3,
  steps: 50,
  width: 8,
  multipliers: [1, 2],
  features: 6,
  groups: 4,
  seed: 3,
};
const z = randomNormal([4, 8, 8, 1], 1);

/** A network of which every part shows in the result. */
const awake = (options: Partial<ClassifierOptions> = {}): Classifier =>
  awaken(classifier({ ...small, ...options }));

test("gives logits and the features that they are made of", () => {
  const network = awake();
  const { logits, features } = network.classify(z);
  expect(logits.shape).toEqual([4, 3]);
  expect(features.shape).toEqual([4, 6]);
  const [weights, bias] = ["logits/weights", "logits/bias"].map(
    (name) => network.parameters[network.names.indexOf(name)],
  );
  const expected = values(features.mul(features.sigmoid()).matMul(weights).add(bias));
  values(logits).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 4);
  });
});

test("treats each image by itself, and by its own time; a clean one is at t = 0", () => {
  const network = awake();
  const at = (...times: number[]): number[] =>
    values(network.classify(z, { t: tf.tensor1d(times, "int32") }).logits);
  const clean = values(network.classify(z).logits);
  expect(at(0, 0, 0, 0)).toEqual(clean);
  const later = at(0, 20, 0, 0);
  expect(later.slice(0, 3)).toEqual(clean.slice(0, 3));
  expect(later.slice(3, 6)).not.toEqual(clean.slice(3, 6));
});

test("gradients agree with finite differences, by every parameter and by the image", () => {
  const network = awake();
  const direction = randomNormal([4, 3], 5);
  const t = tf.tensor1d([0, 7, 20, 50], "int32");
  const loss = (image: tf.Tensor, parameters: readonly tf.Tensor[]): tf.Scalar =>
    network.classify(image, { t, parameters }).logits.mul(direction).sum();
  const check = (
    name: string,
    gradient: tf.Tensor,
    along: tf.Tensor,
    at: (shift: number) => tf.Scalar,
  ): void => {
    const across = (step: number): number => values(at(step))[0] - values(at(-step))[0];
    const difference = (8 * across(0.05) - across(0.1)) / (12 * 0.05);
    const slope = values(gradient.mul(along).sum())[0];
    const off = Math.abs(slope - difference) > 0.01 * (1 + Math.abs(slope));
    expect({ name, off: off ? [slope, difference] : 0 }).toEqual({ name, off: 0 });
  };
  const { grads } = tf.variableGrads(() => loss(z, network.parameters), [...network.parameters]);
  network.parameters.forEach((parameter, i) => {
    const along = randomNormal(parameter.shape as [number], 200 + i).div(Math.sqrt(parameter.size));
    check(network.names[i], grads[parameter.name], along, (shift) =>
      loss(
        z,
        network.parameters.map((each, j) => (i === j ? each.add(along.mul(shift)) : each)),
      ),
    );
  });
  const along = randomNormal([4, 8, 8, 1], 300).div(16);
  const byImage = tf.grad((image: tf.Tensor) => loss(image, network.parameters))(z);
  check("the image", byImage, along, (shift) => loss(z.add(along.mul(shift)), network.parameters));
});

test("compiled, it gives the same; dropout is on in training only", () => {
  const network = awake({ dropout: 0.5 });
  const plain = values(network.classify(z).logits);
  const compiled = compile((image: tf.Tensor) => network.classify(image).logits);
  values(compiled(z)).forEach((value, i) => {
    expect(value).toBeCloseTo(plain[i], 4);
  });
  setSeed(1);
  expect(values(network.classify(z, { training: true }).logits)).not.toEqual(plain);
});

test("keeps no tensor but its parameters", () => {
  const before = tf.memory().numTensors;
  const network = classifier(small);
  const { logits, features } = network.classify(z);
  tf.dispose([logits, features]);
  expect(tf.memory().numTensors).toBe(before + network.parameters.length);
  network.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test.each<[Partial<ClassifierOptions>, string]>([
  [{ size: 6, multipliers: [1, 2, 2] }, "size is 6, which cannot be halved 2 times; use a multiple of 4"],
  [{ classes: 1 }, "classes is 1"],
  [{ multipliers: [] }, "multipliers is empty"],
  [{ multipliers: [1, 0] }, "multipliers[1] is 0"],
  [{ groups: 3 }, "groups is 3, which does not divide the 8 channels"],
  [{ width: 7, groups: 7 }, "width is 7; use an even number"],
  [{ dropout: 1 }, "dropout is 1"],
])("%j is named", (bad, message) => {
  expect(() => classifier({ ...small, ...bad })).toThrow(message);
});

test("inputs that do not fit are named", () => {
  const network = classifier(small);
  expect(() => network.classify(tf.zeros([1, 8, 8, 3]))).toThrow("z has the shape [1, 8, 8, 3]");
  expect(() => network.classify(z, { t: tf.tensor1d([1], "int32") })).toThrow("t has the shape [1]");
});

test("levels are what each block sees, and the features are made of the last", () => {
  const network = awake();
  const t = tf.tensor1d([0, 7, 20, 50], "int32");
  const levels = network.levels(z, { t });
  expect(levels.map(({ shape }) => shape)).toEqual([
    [4, 8, 8, 8],
    [4, 4, 4, 16],
  ]);
  const at = (name: string): tf.Tensor => network.parameters[network.names.indexOf(name)];
  const normal = groupNorm(levels[1], at("pool/norm/scale"), at("pool/norm/offset"), {
    groups: 4,
    silu: true,
  });
  const expected = values(normal.mean([1, 2]).matMul(at("features/weights")).add(at("features/bias")));
  values(network.classify(z, { t }).features).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 4);
  });
  const before = tf.memory().numTensors;
  tf.dispose(network.levels(z));
  expect(tf.memory().numTensors).toBe(before);
});
