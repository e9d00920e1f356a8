import {
  autoencoder,
  codeBottleneck,
  compile,
  inBatches,
  latentSpace,
  measureScale,
  normalBottleneck,
  randomNormal,
  setSeed,
  tf,
  type Autoencoder,
  type AutoencoderOptions,
} from "diffusion";
import { awaken, expectGradients } from "../network/awake";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const normal = normalBottleneck({ channels: 2, weight: 0.1 });
const codes = codeBottleneck({ channels: 2, codes: 6 });
const made = (options: Partial<AutoencoderOptions> = {}): Autoencoder =>
  autoencoder({
    ...{ size: 16, channels: 3, width: 4, multipliers: [1, 2, 2], groups: 2, bottleneck: normal, seed: 3 },
    ...options,
  });
const x = randomNormal<tf.Rank.R4>([3, 16, 16, 3], 1);

test.each([
  ["normal latents", normal],
  ["codes", codes],
])("with %s, images become latents a fourth as large, and images again", (_, bottleneck) => {
  const network = awaken(made({ bottleneck }));
  const latents = network.encode(x);
  expect(latents.shape).toEqual([3, 4, 4, 2]);
  expect(network.shape).toEqual([4, 4, 2]);
  const images = network.decode(latents);
  expect(images.shape).toEqual([3, 16, 16, 3]);
  // Each image by itself.
  const [alone] = [network.decode(network.encode(x.slice(1, 1)))];
  values(alone).forEach((value, i) => {
    expect(value).toBeCloseTo(values(images)[768 + i], 4);
  });
  const { parameterCount, parameters, parts } = network;
  expect(parameterCount).toBe(parameters.reduce((sum, { size }) => sum + size, 0));
  expect(parts.map(({ name }) => name)).toEqual([
    "encoder/first",
    ...["encoder/level1/block1", "encoder/level1/halve", "encoder/level2/block1", "encoder/level2/halve"],
    ...["encoder/level3/block1", "encoder/last", "bottleneck", "decoder/first", "decoder/level3/block1"],
    ...["decoder/level3/double", "decoder/level2/block1", "decoder/level2/double", "decoder/level1/block1"],
    "decoder/last",
  ]);
});

test("operations are those of each filter at each of its pixels", () => {
  const { parts } = made();
  const flops = Object.fromEntries(parts.map((part) => [part.name, part.flops]));
  expect(flops["encoder/first"]).toBe(2 * 16 ** 2 * 9 * 3 * 4);
  expect(flops["encoder/level1/halve"]).toBe(2 * 8 ** 2 * 9 * 4 * 4);
  expect(flops["decoder/level2/double"]).toBe(2 * 16 ** 2 * 9 * 8 * 4);
});

test("more levels make smaller latents, and more blocks more parts", () => {
  expect(made({ multipliers: [1, 1, 1, 1] }).shape).toEqual([2, 2, 2]);
  expect(made({ multipliers: [1] }).shape).toEqual([16, 16, 2]);
  expect(made({ blocks: 2 }).parts).toHaveLength(made().parts.length + 6);
});

test("gradients of a round trip agree with finite differences, by every parameter", () => {
  const network = awaken(made());
  const direction = randomNormal(x.shape, 5);
  expectGradients(network, (parameters = network.parameters) => {
    setSeed(7);
    const { images, penalty } = network.learn(x, { parameters });
    return images.mul(direction).mean().add(penalty);
  });
});

test("with codes every parameter gets a gradient, and in a compiled step the same as without", () => {
  const network = awaken(made({ bottleneck: codes }));
  const step = (): tf.Tensor[] => {
    const { value, grads } = tf.variableGrads(() => {
      const { images, penalty } = network.learn(x);
      return tf.mean<tf.Scalar>(tf.square(tf.sub(images, x))).add(penalty);
    }, [...network.parameters]);
    return [value, ...network.parameters.map(({ name }) => grads[name])];
  };
  const [plain, compiled] = [step(), compile(step)()];
  plain.forEach((each, i) => {
    expect(values(each).some((value) => value !== 0)).toBe(true);
    const off = values(tf.max(tf.abs(tf.sub(each, compiled[i]))))[0];
    expect(off).toBeLessThan(1e-4 * (1 + Math.max(...values(each).map(Math.abs))));
  });
});

test("the decoder of codes sees nothing but codes", () => {
  const network = awaken(made({ bottleneck: codes }));
  const latents = network.encode(x);
  const table = network.parameters[network.names.indexOf("codes/table")];
  table.assign(table.mul(3));
  const moved = latents.add(randomNormal(latents.shape, 9).mul(1e-4));
  expect(values(network.decode(moved))).toEqual(values(network.decode(latents)));
});

describe("a latent space", () => {
  const data = randomNormal<tf.Rank.R4>([40, 16, 16, 3], 11).add<tf.Tensor4D>(
    randomNormal([40, 1, 1, 3], 12),
  );

  test("has channels of mean 0 and variance 1, by the scale of its data", async () => {
    const network = awaken(made());
    const raw = network.encode(data);
    measureScale(network, raw);
    const space = latentSpace(network);
    const { mean, variance } = tf.moments(await inBatches(space.encode, data, { batch: 15 }), [0, 1, 2]);
    for (const value of values(mean)) expect(Math.abs(value)).toBeLessThan(1e-4);
    for (const value of values(variance)) expect(value).toBeCloseTo(1, 3);
    // It was another one before.
    const before = values(tf.moments(raw, [0, 1, 2]).variance);
    expect(before.some((value) => Math.abs(value - 1) > 0.1)).toBe(true);
    space.dispose();
  });

  test("gives back what the network alone would, kept within the range of images", () => {
    const network = awaken(made());
    measureScale(network, network.encode(data));
    const space = latentSpace(network);
    const expected = values(network.decode(network.encode(x)));
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(1);
    values(space.decode(space.encode(x))).forEach((value, i) => {
      expect(value).toBeCloseTo(Math.min(1, Math.max(-1, expected[i])), 3);
    });
  });

  test("a channel that never changes is left as it is", () => {
    const network = made();
    const channels: tf.Tensor4D[] = [tf.fill([2, 4, 4, 1], 3), randomNormal([2, 4, 4, 1], 1)];
    measureScale(network, tf.concat(channels, 3));
    expect(values(network.scale.deviation)[0]).toBe(1);
    expect(values(network.scale.mean)[0]).toBeCloseTo(3, 6);
  });
});

test("impossible settings and shapes are named", () => {
  expect(() => made({ size: 18 })).toThrow("size is 18, which cannot be halved 2 times");
  expect(() => made({ blocks: 0 })).toThrow("blocks is 0");
  expect(() => made({ groups: 3 })).toThrow("groups is 3");
  const network = made();
  expect(() => network.encode(tf.zeros([1, 8, 8, 3]))).toThrow(
    "x has the shape [1, 8, 8, 3]; use [any, 16, 16, 3].",
  );
  expect(() => network.decode(tf.zeros([1, 4, 4, 3]))).toThrow(
    "latents has the shape [1, 4, 4, 3]; use [any, 4, 4, 2].",
  );
});

test("frees what it has made", () => {
  const before = tf.memory().numTensors;
  for (const bottleneck of [normal, codes]) {
    const space = latentSpace(made({ bottleneck }));
    tf.tidy(() => void space.decode(space.encode(x)));
    space.dispose();
  }
  expect(tf.memory().numTensors).toBe(before);
});
