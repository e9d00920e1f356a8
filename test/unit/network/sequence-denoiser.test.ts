import {
  compile,
  convertPrediction,
  cosineSchedule,
  ddim,
  denoiserOf,
  nearestTokens,
  networkSummary,
  randomNormal,
  sequenceDenoiser,
  tf,
  type SequenceDenoiser,
  type SequenceDenoiserOptions,
} from "diffusion";
import { lookingAround } from "../../../src/network/looking-around";
import { awaken } from "./awake";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const small: SequenceDenoiserOptions = {
  vocabulary: 6,
  length: 5,
  steps: 50,
  channels: 3,
  width: 8,
  depth: 2,
  heads: 4,
  seed: 3,
};
const z = randomNormal([3, 5, 3], 1);
const t = tf.tensor1d([1, 20, 50], "int32");
const tokens = tf.tensor2d([1, 4, 2, 5, 0, 1, 4, 0, 0, 0, 1, 2, 3, 5, 3], [3, 5], "int32");

const awake = (options: Partial<SequenceDenoiserOptions> = {}): SequenceDenoiser =>
  awaken(sequenceDenoiser({ ...small, ...options }));
const expectClose = (found: tf.Tensor, expected: tf.Tensor, digits = 5): void => {
  expect(found.shape).toEqual(expected.shape);
  const wanted = values(expected);
  values(found).forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i], digits);
  });
};

describe("the vectors of tokens", () => {
  test("have a mean square of 1, whatever the parameter is", () => {
    const network = awake();
    const table = network.parameters[network.names.indexOf("tokens/table")];
    for (const scale of [1, 0.01, 1000]) {
      const parameters = network.parameters.map((each) => (each === table ? each.mul(scale) : each));
      const rows = network.table({ parameters });
      expect(rows.shape).toEqual([6, 3]);
      for (const square of values(rows.square().mean(1))) expect(square).toBeCloseTo(1, 5);
      expectClose(rows, network.table());
    }
    const zeros = network.parameters.map((each) => (each === table ? tf.zerosLike(each) : each));
    expect(values(network.table({ parameters: zeros }))).toEqual(new Array(18).fill(0));
  });

  test("are looked up, and found again by any positive multiple", () => {
    const network = awake();
    const x = network.embed(tokens);
    expectClose(x, tf.gather(network.table(), tokens));
    for (const scale of [1, 0.01, 30]) {
      expect(values(nearestTokens(x.mul(scale), network.table()))).toEqual(values(tokens));
    }
  });

  test("the nearest by product is the nearest by distance", () => {
    const rows = awake().table();
    const distances = z.expandDims(2).sub(rows).square().sum(3);
    expect(values(nearestTokens(z, rows))).toEqual(values(distances.argMin(2)));
  });
});

test("x̂ is the mean of the vectors by the probabilities that it gives", () => {
  const network = awake();
  const logits = network.logits(z, t);
  expect(logits.shape).toEqual([3, 5, 6]);
  const weights = logits.exp().div(logits.exp().sum(2, true));
  const mean = weights.expandDims(3).mul(network.table()).sum(2);
  expectClose(network.predict(z, t), mean);
  expectClose(network.meanOf(logits), mean);
  // At the beginning it knows nothing: all tokens are equally probable.
  const first = sequenceDenoiser(small);
  expectClose(first.predict(z, t), tf.mean(first.table(), 0).broadcastTo([3, 5, 3]));
});

test("each sequence is by itself; each place depends on all others, and on its own place and the time", () => {
  const network = awake();
  const all = network.logits(z, t);
  expectClose(network.logits(z.slice(1, 1), t.slice(1, 1)), all.slice(1, 1), 4);
  const changes = (z2: tf.Tensor, t2: tf.Tensor = t): number[] =>
    values(network.logits(z2, t2).sub(all).abs().sum(2).slice(0, 1));
  for (let place = 0; place < 5; place++) {
    const moved = z.add(tf.oneHot(tf.fill([3], place, "int32"), 5, 1, 0, "float32").expandDims(2));
    for (const change of changes(moved)) expect(change).toBeGreaterThan(1e-4);
  }
  for (const change of changes(z, tf.tensor1d([9, 20, 50], "int32"))) expect(change).toBeGreaterThan(1e-4);
  const same = tf.fill([1, 5, 3], 0.5);
  const byPlace = network.logits(same, t.slice(0, 1)).arraySync()[0];
  expect(byPlace[0]).not.toEqual(byPlace[1]);
});

test("of the heads, some look back and others ahead, from near to far", () => {
  const no = -1e9;
  const back = (near: number): number[] => [0, no, no, -near, 0, no, -2 * near, -near, 0];
  const ahead = (near: number): number[] => [0, -near, -2 * near, no, 0, -near, no, no, 0];
  const everywhere = new Array<number>(9).fill(0);
  expectClose(
    lookingAround(3, 5),
    tf.tensor3d([back(1), ahead(1), back(0), ahead(0), everywhere].flat(), [5, 3, 3]),
  );
});

test("goes with denoisers and samplers like any network that predicts x", async () => {
  const schedule = cosineSchedule(50);
  const network = awake();
  const denoise = denoiserOf(network.predict, "x", schedule);
  expectClose(denoise(z, 20), network.predict(z, tf.fill([3], 20, "int32")));
  const times = [50, 30, 10, 0];
  const x = await ddim(denoise, z, schedule, { times });
  const noise = await ddim(
    denoiserOf(
      (zt, at) =>
        convertPrediction(network.predict(zt, at), { from: "x", to: "noise", z: zt, t: at, schedule }),
      "noise",
      schedule,
    ),
    z,
    schedule,
    { times },
  );
  expectClose(x, noise, 4);
});

test("compiled, it gives the same", () => {
  const network = awake();
  const step = compile((a: tf.Tensor, b: tf.Tensor) => network.predict(a, b));
  expectClose(step(z, t), network.predict(z, t), 4);
  step.dispose();
});

test("frees what it makes, and tells its parts", () => {
  const network = sequenceDenoiser(small);
  const before = tf.memory().numTensors;
  network.predict(z, t).dispose();
  network.table().dispose();
  network.embed(tokens).dispose();
  expect(tf.memory().numTensors).toBe(before);
  const sizes = network.parameters.reduce((sum, { size }) => sum + size, 0);
  expect(network.parts.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(sizes);
  expect(networkSummary(network)).toBeDefined();
  // A block: 5 tokens through 12 · 8² weights, the time through 6 · 8² once, and attention.
  const block = network.parts.find(({ name }) => name === "block1")!;
  expect(block.flops).toBe(2 * 5 * 12 * 64 + 2 * 6 * 64 + 4 * 25 * 8);
});

test("says which settings and arguments do not fit", () => {
  const network = sequenceDenoiser(small);
  expect(() => network.predict(randomNormal([3, 4, 3]), t)).toThrow(
    "z has the shape [3, 4, 3]; use [any, 5, 3].",
  );
  expect(() => network.predict(tokens, t)).toThrow("z is a tensor of int32; use float32");
  expect(() => network.embed(z)).toThrow("tokens is a tensor of float32; use int32");
  expect(() => network.embed(tokens.slice([0, 0], [3, 4]))).toThrow(
    "tokens has the shape [3, 4]; use [any, 5].",
  );
  expect(() => sequenceDenoiser({ ...small, heads: 3 })).toThrow(
    "heads is 3, which does not divide the width of 8.",
  );
  expect(() => sequenceDenoiser({ ...small, vocabulary: 1 })).toThrow(
    "vocabulary is 1; use a whole number of 2 or more.",
  );
  for (const name of ["length", "steps", "channels", "width", "depth", "heads"] as const) {
    expect(() => sequenceDenoiser({ ...small, [name]: 0 })).toThrow(
      `${name} is 0; use a whole number of 1 or more.`,
    );
  }
});
