import {
  compile,
  deviceReport,
  mlp,
  randomNormal,
  setSeed,
  silu,
  tf,
  valueAndGradients,
  type Network,
} from "diffusion";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const t = tf.tensor1d([1, 7, 20, 13], "int32");
const z = randomNormal<tf.Rank.R2>([4, 2], 1);

/** A small network whose last layer, too, is not 0. */
function small(): Network {
  const network = mlp({ size: 2, steps: 20, width: 8, depth: 2, seed: 1 });
  network.parameters.forEach((parameter, i) => {
    parameter.assign(randomNormal(parameter.shape as [number], 10 + i).mul(0.4));
  });
  return network;
}

test("the parameters' shapes: z, t, three layers for each block, and the last layer", () => {
  const { parameters } = mlp({ size: 3, steps: 10, width: 16, depth: 2 });
  const layers = [[3, 16], [64, 16], ...new Array<[number, number]>(6).fill([16, 16]), [16, 3]];
  expect(parameters.map(({ shape }) => shape)).toEqual(layers.flatMap(([a, b]) => [[a, b], [b]]));
});

test("it begins by predicting 0, for any z and t", () => {
  const network = mlp({ size: 2, steps: 20 });
  const result = network.predict(z, t);
  expect(result.shape).toEqual([4, 2]);
  expect(values(result).every((value) => value === 0)).toBe(true);
});

test("the first weights have the variance 1/inputs, the biases are 0, and no two layers are the same", () => {
  const { parameters } = mlp({ size: 4, steps: 20, width: 128, depth: 2, seed: 3 });
  const weights = parameters.filter((_, i) => i % 2 === 0).slice(0, -1);
  for (const each of weights) {
    const { mean, variance } = tf.moments(each);
    const inputs = each.shape[0];
    expect(Math.abs(values(variance)[0] * inputs - 1)).toBeLessThan(5 * Math.sqrt(2 / each.size));
    expect(Math.abs(values(mean)[0])).toBeLessThan(5 / Math.sqrt(inputs * each.size));
  }
  expect(new Set(weights.map((each) => values(each)[0])).size).toBe(weights.length);
  for (const bias of parameters.filter((_, i) => i % 2 === 1)) {
    expect(values(bias).every((value) => value === 0)).toBe(true);
  }
});

test("the network is what its formula says, written out with plain operations", () => {
  const network = small();
  const [wz, bz, wt, bt, ...rest] = network.parameters;
  const wave = tf.tensor1d(Array.from({ length: 32 }, (_, i) => 10 ** ((-4 * i) / 31)));
  const angle = tf.mul(t.cast("float32").mul(50).reshape([4, 1]), wave);
  const embedded = silu(tf.matMul(tf.concat([angle.sin(), angle.cos()], 1), wt as tf.Tensor2D).add(bt));
  let h: tf.Tensor = tf.matMul(z, wz as tf.Tensor2D).add(bz);
  for (let block = 0; block < 2; block++) {
    const [w1, b1, u, c, w2, b2] = rest.slice(6 * block, 6 * block + 6);
    const inner = tf.matMul(h, w1).add(b1).add(tf.matMul(embedded, u).add(c));
    h = h.add(tf.matMul(silu(inner), w2).add(b2));
  }
  const [last, bias] = rest.slice(12);
  const expected = values(tf.matMul(silu(h), last).add(bias));
  values(network.predict(z, t)).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 4);
  });
});

test("each sample has its own z and t, and does not see the others", () => {
  const network = small();
  const all = values(network.predict(z, t));
  for (let i = 0; i < 4; i++) {
    const one = network.predict(z.slice([i, 0], [1, 2]), t.slice([i], [1]));
    values(one).forEach((value, k) => {
      expect(value).toBeCloseTo(all[2 * i + k], 5);
    });
  }
  const other = values(network.predict(z, tf.tensor1d([1, 7, 20, 14], "int32")));
  expect(other.slice(0, 6)).toEqual(all.slice(0, 6));
  expect(other[6]).not.toBeCloseTo(all[6], 3);
});

test("gradients to parameters and z agree with finite differences", () => {
  const network = small();
  const direction = randomNormal([4, 2], 50);
  const loss = (): tf.Scalar => network.predict(z, t).mul(direction).sum();
  const { gradients } = valueAndGradients(loss, network.parameters);
  const step = 3e-3;
  network.parameters.forEach((parameter, i) => {
    const along = randomNormal(parameter.shape as [number], 100 + i);
    const middle = parameter.clone();
    const at = (shift: number): number => {
      parameter.assign(middle.add(along.mul(shift)));
      return values(loss())[0];
    };
    const difference = (at(step) - at(-step)) / (2 * step);
    parameter.assign(middle);
    const slope = values(gradients[i].mul(along).sum())[0];
    expect(Math.abs(slope - difference)).toBeLessThan(3e-3 * (1 + Math.abs(slope)));
  });
  const project = (z: tf.Tensor): tf.Scalar => network.predict(z, t).mul(direction).sum();
  const along = randomNormal([4, 2], 60);
  const slope = values(tf.grad(project)(z).mul(along).sum())[0];
  const difference =
    (values(project(z.add(along.mul(step))))[0] - values(project(z.sub(along.mul(step))))[0]) / (2 * step);
  expect(Math.abs(slope - difference)).toBeLessThan(3e-3 * (1 + Math.abs(slope)));
});

test("the same seed gives the same parameters, and without one they are the stream's", () => {
  const first = (seed?: number): number[] =>
    mlp({ size: 2, steps: 5, width: 4, ...(seed !== undefined && { seed }) }).parameters.flatMap(values);
  expect(first(1)).toEqual(first(1));
  expect(first(1)).not.toEqual(first(2));
  setSeed(4);
  const drawn = first();
  expect(first()).not.toEqual(drawn);
  setSeed(4);
  expect(first()).toEqual(drawn);
});

test("other parameters in the place of its own", () => {
  const [one, other] = [small(), mlp({ size: 2, steps: 20, width: 8, depth: 2 })];
  expect(values(other.predict(z, t, { parameters: one.parameters }))).toEqual(values(one.predict(z, t)));
  const halves = one.parameters.map((parameter) => parameter.mul(0.5));
  expect(values(one.predict(z, t, { parameters: halves }))).not.toEqual(values(one.predict(z, t)));
});

test("compiled, it gives the same numbers, before and after a change of its parameters", () => {
  const network = small();
  const compiled = compile((z: tf.Tensor, t: tf.Tensor) => network.predict(z, t));
  for (let round = 0; round < 2; round++) {
    const expected = values(network.predict(z, t));
    values(compiled(z, t)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5);
    });
    network.parameters[0].assign(network.parameters[0].mul(2));
  }
  if (deviceReport().backend === "native") expect(compiled.traces).toBe(1);
  compiled.dispose();
});

test("no tensor is left but the result and the parameters; dispose frees these", () => {
  const before = tf.memory().numTensors;
  const network = mlp({ size: 2, steps: 20, width: 8, depth: 1 });
  expect(tf.memory().numTensors).toBe(before + network.parameters.length);
  network.predict(z, t).dispose();
  expect(tf.memory().numTensors).toBe(before + network.parameters.length);
  network.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("bad arguments are named", () => {
  const good = { size: 2, steps: 20 };
  for (const [name, value] of Object.entries({ size: 0, steps: 1.5, width: -1, depth: 0 })) {
    expect(() => mlp({ ...good, [name]: value })).toThrow(
      `${name} is ${value}; use a whole number of 1 or more`,
    );
  }
  const network = mlp(good);
  expect(() => network.predict(tf.zeros([4, 3]), t)).toThrow("z has the shape [4, 3]; use [any, 2]");
  expect(() => network.predict(tf.zeros([4]), t)).toThrow("z has the shape [4]; use [any, 2]");
});
