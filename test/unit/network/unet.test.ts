import { compile, randomNormal, setSeed, tf, unet, type UNet, type UNetOptions } from "diffusion";
import { fourierFeatures } from "../../../src/network/fourier-features";
import { awaken, expectGradients } from "./awake";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const labels = (...numbers: number[]): { labels: tf.Tensor } => ({ labels: tf.tensor1d(numbers, "int32") });

const small: UNetOptions = {
  size: 8,
  steps: 50,
  width: 8,
  multipliers: [1, 2],
  attention: [4],
  heads: 2,
  groups: 4,
  seed: 3,
};
const z = randomNormal([3, 8, 8, 1], 1);
const t = tf.tensor1d([1, 20, 50], "int32");

/** A network of which every part shows in the result. */
const awake = (options: Partial<UNetOptions> = {}): UNet => awaken(unet({ ...small, ...options }));

test("has as many parameters as its twin in PyTorch, and begins by predicting 0", () => {
  const network = unet({
    size: 32,
    channels: 3,
    steps: 1000,
    width: 64,
    multipliers: [1, 2, 2],
    blocks: 2,
    attention: [8],
    seed: 1,
  });
  expect(network.parameterCount).toBe(6_472_195);
  expect(network.parameters.reduce((sum, { size }) => sum + size, 0)).toBe(6_472_195);
  const result = network.predict(randomNormal([1, 32, 32, 3], 1), tf.tensor1d([9], "int32"));
  expect(result.shape).toEqual([1, 32, 32, 3]);
  expect(values(result).every((value) => value === 0)).toBe(true);
  network.dispose();
});

test("counts its operations", () => {
  const { parts, flops } = unet({ size: 4, steps: 10, width: 8, multipliers: [1], groups: 4, seed: 1 });
  const [places, width, told] = [16, 8, 32];
  const conv = (inputs: number, outputs: number, kernel = 3): number =>
    2 * kernel * kernel * inputs * outputs * places;
  const block = (inputs: number): number =>
    conv(inputs, width) +
    conv(width, width) +
    2 * told * width +
    (inputs === width ? 0 : conv(inputs, width, 1));
  // Query, key, value and the way out for each pixel; then products over all pairs of pixels, twice.
  const attention = 2 * places * width * (3 * width + width) + 2 * 2 * places * places * width;
  const expected = {
    time: 2 * (width * told + told * told),
    first: conv(1, width),
    "down1/block1": block(width),
    "middle/block1": block(width),
    "middle/block1/attention": attention,
    "middle/block2": block(width),
    "up1/block1": block(2 * width),
    "up1/block2": block(2 * width),
    last: conv(width, 1),
  };
  expect(Object.fromEntries(parts.map(({ name, flops }) => [name, flops]))).toEqual(expected);
  expect(flops).toBe(Object.values(expected).reduce((sum, value) => sum + value));
});

describe.each(["add", "adaptive"] as const)("with the time entering by %s", (time) => {
  const network = awake({ time, classes: 3, vector: 2 });

  test("each sample is treated by itself, and by its own time", () => {
    const all = values(network.predict(z, t));
    const one = network.predict(z.slice([1, 0, 0, 0], [1, 8, 8, 1]), tf.tensor1d([20], "int32"));
    values(one).forEach((value, i) => {
      expect(value).toBeCloseTo(all[64 + i], 4);
    });
    const later = values(network.predict(z, tf.tensor1d([1, 21, 50], "int32")));
    expect(later.slice(0, 64)).toEqual(all.slice(0, 64));
    expect(later.slice(64, 128)).not.toEqual(all.slice(64, 128));
  });

  test("a class or numbers change the result of their sample; the number of classes stands for none", () => {
    const none = values(network.predict(z, t));
    expect(values(network.predict(z, t, { condition: labels(3, 3, 3) }))).toEqual(none);
    const given = values(network.predict(z, t, { condition: labels(3, 1, 3) }));
    expect(given.slice(0, 64)).toEqual(none.slice(0, 64));
    expect(given.slice(64, 128)).not.toEqual(none.slice(64, 128));
    const told = (...numbers: number[]): number[] =>
      values(network.predict(z, t, { condition: { vector: tf.tensor2d(numbers, [3, 2]) } }));
    const [numbers, zeros] = [told(0, 1, 0, 0, 0, 0), told(0, 0, 0, 0, 0, 0)];
    expect(numbers.slice(0, 64)).not.toEqual(zeros.slice(0, 64));
    expect(numbers.slice(64)).toEqual(zeros.slice(64));
  });

  test("gradients agree with finite differences, in every parameter", () => {
    const direction = randomNormal([3, 8, 8, 1], 5);
    const condition = { ...labels(0, 1, 3), vector: randomNormal([3, 2], 6) };
    const loss = (parameters?: readonly tf.Tensor[]): tf.Scalar => {
      const result = network.predict(z, t, { condition, ...(parameters && { parameters }) });
      return result.mul(direction).sum();
    };
    expectGradients(network, loss);
  });

  test("compiled, it gives the same", () => {
    const compiled = compile((z: tf.Tensor, t: tf.Tensor) => network.predict(z, t));
    const expected = values(network.predict(z, t));
    values(compiled(z, t)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 3);
    });
    compiled.dispose();
  });
});

test("a pixel sees all others, through attention", () => {
  const network = awake({ size: 32, multipliers: [1], attention: [] });
  const image = randomNormal([1, 32, 32, 1], 7);
  const corner = tf.oneHot(tf.tensor1d([0], "int32"), 1024).reshape([1, 32, 32, 1]);
  const time = tf.tensor1d([5], "int32");
  const difference = network.predict(image.add(corner), time).sub(network.predict(image, time));
  // Ten convolutions of 3 × 3 reach ten pixels.
  expect(values(difference.slice([0, 31, 31, 0], [1, 1, 1, 1]))[0]).not.toBe(0);
});

test("dropout is on in training only, new at each call, and keeps the mean", () => {
  const network = awake({ dropout: 0.5 });
  const plain = values(network.predict(z, t));
  expect(values(network.predict(z, t))).toEqual(plain);
  setSeed(1);
  const [one, other] = [1, 2].map(() => values(network.predict(z, t, { training: true })));
  expect(one).not.toEqual(plain);
  expect(one).not.toEqual(other);
  setSeed(1);
  expect(values(network.predict(z, t, { training: true }))).toEqual(one);
});

test("Fourier features stand beside z: sin and cos of 2ⁿπz", () => {
  const image = tf.tensor4d([0.25, -1, 0.5, 0.1], [1, 1, 2, 2]);
  const waves = [1, 8].flatMap((factor) =>
    [Math.sin, Math.cos].map((wave) => values(image).map((value) => wave(factor * Math.PI * value))),
  );
  const [first, second] = [0, 2].map((at) =>
    [values(image), ...waves].flatMap((channel) => channel.slice(at, at + 2)),
  );
  const found = fourierFeatures(image, [0, 3]);
  expect(found.shape).toEqual([1, 1, 2, 10]);
  values(found).forEach((value, i) => {
    expect(value).toBeCloseTo([...first, ...second][i], 5);
  });
  const network = awake({ fourier: [0, 3] });
  expect(network.parameters[network.names.indexOf("first/filter")].shape).toEqual([3, 3, 5, 8]);
  // A change too small for the image itself to matter, which a fast wave turns into a large one.
  const fine = awake({ fourier: [12] });
  const moved = z.add(2 ** -12);
  const away = (each: UNet): number => values(each.predict(moved, t).sub(each.predict(z, t)).abs().max())[0];
  expect(away(fine)).toBeGreaterThan(20 * away(awake()));
});

test("an onlooker sees what each part gives, and who attends to whom", () => {
  const network = awake();
  const seen = new Map<string, tf.Tensor>();
  const watch = (name: string, value: tf.Tensor): void => void seen.set(name, tf.keep(value));
  const result = network.predict(z, t, { watch });
  expect(values(result)).toEqual(values(network.predict(z, t)));
  const images = network.parts.filter(({ name }) => name !== "time");
  expect([...seen.keys()].filter((name) => !name.endsWith("/weights")).sort()).toEqual(
    images.map(({ name }) => name).sort(),
  );
  for (const { name, shape } of images) expect(seen.get(name)!.shape).toEqual([3, ...shape]);
  expect(values(seen.get("last")!)).toEqual(values(result));
  const weights = seen.get("middle/block1/attention/weights")!;
  expect(weights.shape).toEqual([3, 2, 16, 16]);
  for (const sum of values(weights.sum(3))) expect(sum).toBeCloseTo(1, 5);
  tf.dispose([...seen.values(), result]);
});

test("the same seed gives the same network, and its parameters have names of their own", () => {
  const [one, same, other] = [3, 3, 4].map((seed) => unet({ ...small, seed }));
  expect(one.parameters.map(values)).toEqual(same.parameters.map(values));
  expect(one.parameters.map(values)).not.toEqual(other.parameters.map(values));
  expect(new Set(one.names).size).toBe(one.parameters.length);
  expect(one.names).toContain("down2/block1/attention/qkv/weights");
});

test("keeps no tensor but its parameters", () => {
  const before = tf.memory().numTensors;
  const network = unet(small);
  network.predict(z, t).dispose();
  expect(tf.memory().numTensors).toBe(before + network.parameters.length);
  network.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

describe("impossible settings are named", () => {
  test.each<[Partial<UNetOptions>, string]>([
    [{ size: 0 }, "size is 0; use a whole number of 1 or more"],
    [{ size: 6, multipliers: [1, 2, 2] }, "size is 6, which cannot be halved 2 times; use a multiple of 4"],
    [{ multipliers: [] }, "multipliers is empty"],
    [{ multipliers: [1, 1.5] }, "multipliers[1] is 1.5"],
    [{ attention: [5] }, "attention[0] is 5; the images have the sizes 8, 4"],
    [{ groups: 3 }, "groups is 3, which does not divide the 8 channels of level 1"],
    [{ heads: 3 }, "heads is 3, which does not divide the 16 channels of level 2"],
    [{ width: 7, groups: 7 }, "width is 7; use an even number"],
    [{ dropout: 1 }, "dropout is 1; use a finite number from 0 to 0.99"],
    [{ fourier: [1, 0.5] }, "fourier[1] is 0.5; use a whole number"],
    [{ classes: -1 }, "classes is -1"],
    [{ time: "twice" as "add" }, 'time is "twice"; use "add" or "adaptive"'],
  ])("%j", (bad, message) => {
    expect(() => unet({ ...small, ...bad })).toThrow(message);
  });

  test("and inputs that do not fit", () => {
    const network = unet({ ...small, classes: 2 });
    expect(() => network.predict(tf.zeros([1, 8, 8, 3]), t)).toThrow("z has the shape [1, 8, 8, 3]");
    expect(() => network.predict(z, t, { condition: labels(1) })).toThrow(
      "condition.labels has the shape [1]",
    );
    const vector = tf.zeros([3, 2]);
    expect(() => network.predict(z, t, { condition: { vector } })).toThrow("condition.vector is given");
    expect(() => unet(small).predict(z, t, { condition: labels(1, 1, 1) })).toThrow(
      "condition.labels is given, but the network takes none; make it with `classes`.",
    );
  });
});
