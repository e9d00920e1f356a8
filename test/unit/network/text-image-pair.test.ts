import {
  compile,
  contrastiveLoss,
  randomNormal,
  setSeed,
  tf,
  textImagePair,
  type TextImagePair,
  type TextImagePairOptions,
} from "diffusion";
import { awaken, expectGradients } from "./awake";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const small: TextImagePairOptions = {
  size: 8,
  channels: 2,
  width: 8,
  multipliers: [1, 2],
  groups: 4,
  features: 6,
  text: { vocabulary: 9, length: 5, width: 8, depth: 2, heads: 2 },
  seed: 3,
};
const x = randomNormal([3, 8, 8, 2], 1);
const tokens = tf.tensor2d([1, 4, 2, 8, 0, 1, 4, 0, 0, 0, 1, 2, 3, 5, 7], [3, 5], "int32");

/** A network of which every part shows in the result. */
const awake = (options: Partial<TextImagePairOptions> = {}): TextImagePair =>
  awaken(textImagePair({ ...small, ...options }));

test("images and captions become unit vectors of one space", () => {
  const network = awake();
  for (const embedded of [network.embedImages(x), network.embedCaptions(tokens)]) {
    expect(embedded.shape).toEqual([3, 6]);
    expect(embedded.dtype).toBe("float32");
    for (const length of values(tf.sum(tf.square(embedded), 1))) expect(length).toBeCloseTo(1, 5);
  }
});

test("treats each image and each caption by itself", () => {
  const network = awake();
  const rows = (embedded: tf.Tensor2D): number[][] => embedded.arraySync();
  const [images, captions] = [rows(network.embedImages(x)), rows(network.embedCaptions(tokens))];
  rows(network.embedImages(x.slice(1, 1)))[0].forEach((value, k) => {
    expect(value).toBeCloseTo(images[1][k], 5);
  });
  rows(network.embedCaptions(tokens.slice(2, 1)))[0].forEach((value, k) => {
    expect(value).toBeCloseTo(captions[2][k], 5);
  });
});

test("a caption's vector depends on all its words and their order, and not on the padding", () => {
  const network = awake();
  const vector = (...words: number[]): number[] =>
    values(network.embedCaptions(tf.tensor2d([words], [1, 5], "int32")));
  const whole = vector(1, 4, 2, 8, 0);
  const far = (other: number[]): number => Math.hypot(...other.map((value, k) => value - whole[k]));
  for (const other of [vector(1, 5, 2, 8, 0), vector(1, 4, 3, 8, 0), vector(1, 4, 2, 7, 0)]) {
    expect(far(other)).toBeGreaterThan(0.01);
  }
  expect(far(vector(1, 2, 4, 8, 0))).toBeGreaterThan(0.01);
  expect(far(vector(1, 4, 2, 0, 0))).toBeGreaterThan(0.01);
  // A place behind the last word is not looked at.
  const places = network.names.indexOf("text/places/table");
  const other = tf.concat([tf.zeros([4, 8]), randomNormal([1, 8], 9).mul(9)]);
  const parameters = network.parameters.map((each, i) => (i === places ? each.add(other) : each));
  const padded = values(network.embedCaptions(tokens.slice(0, 1), { parameters }));
  padded.forEach((value, k) => {
    expect(value).toBeCloseTo(whole[k], 6);
  });
  // The empty caption is the start alone.
  expect(values(network.embedCaptions(tf.tensor2d([[1, 0, 0, 0, 0]], [1, 5], "int32")))).not.toContain(NaN);
});

test("gradients of the loss agree with finite differences, by every parameter", () => {
  const network = awake();
  const ids = tf.tensor1d([0, 1, 0], "int32");
  expect(network.names.filter((name) => !/^(image|text)\//.test(name))).toEqual(["log-inverse-temperature"]);
  expectGradients(network, (parameters = network.parameters) =>
    contrastiveLoss(network.embedImages(x, { parameters }), network.embedCaptions(tokens, { parameters }), {
      temperature: network.temperature({ parameters }),
      ids,
    }).mul<tf.Scalar>(10),
  );
});

test("the temperature begins at 0.07, and stays at 0.01 or more", () => {
  const network = textImagePair(small);
  const parameter = network.parameters[network.names.indexOf("log-inverse-temperature")];
  const temperature = (): number => values(network.temperature())[0];
  expect(temperature()).toBeCloseTo(0.07, 6);
  network.limitTemperature();
  expect(temperature()).toBeCloseTo(0.07, 6);
  parameter.assign(tf.scalar(6));
  network.limitTemperature();
  expect(temperature()).toBeCloseTo(0.01, 6);
  expect(values(parameter)[0]).toBeCloseTo(Math.log(100), 5);
});

test("compiled, it gives the same; dropout is on in training only", () => {
  const network = awake({ dropout: 0.5 });
  const plain = values(network.embedImages(x));
  const compiled = compile((image: tf.Tensor, read: tf.Tensor) => [
    network.embedImages(image),
    network.embedCaptions(read),
  ]);
  const [images, captions] = compiled(x, tokens);
  values(images).forEach((value, i) => {
    expect(value).toBeCloseTo(plain[i], 4);
  });
  values(network.embedCaptions(tokens)).forEach((value, i) => {
    expect(values(captions)[i]).toBeCloseTo(value, 4);
  });
  setSeed(1);
  expect(values(network.embedImages(x, { training: true }))).not.toEqual(plain);
});

test("keeps no tensor but its parameters", () => {
  const before = tf.memory().numTensors;
  const network = textImagePair(small);
  network.limitTemperature();
  tf.dispose([network.embedImages(x), network.embedCaptions(tokens), network.temperature()]);
  expect(tf.memory().numTensors).toBe(before + network.parameters.length);
  network.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test.each<[Partial<TextImagePairOptions>, string]>([
  [{ size: 7 }, "size is 7, which cannot be halved 1 times"],
  [{ features: 0 }, "features is 0"],
  [{ dropout: 1 }, "dropout is 1"],
  [{ text: { vocabulary: 9, length: 0 } }, "text.length is 0"],
  [
    { text: { vocabulary: 9, length: 5, width: 9, heads: 2 } },
    "text.heads is 2, which does not divide the width of 9",
  ],
])("%j is named", (bad, message) => {
  expect(() => textImagePair({ ...small, ...bad })).toThrow(message);
});

test("inputs that do not fit are named", () => {
  const network = textImagePair(small);
  expect(() => network.embedImages(tf.zeros([1, 8, 8, 3]))).toThrow("x has the shape [1, 8, 8, 3]");
  expect(() => network.embedCaptions(tf.zeros([1, 4], "int32"))).toThrow("tokens has the shape [1, 4]");
  expect(() => network.embedCaptions(tf.zeros([1, 5]))).toThrow("tokens is a tensor of float32; use int32");
});
