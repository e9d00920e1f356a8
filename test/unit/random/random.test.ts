import * as fc from "fast-check";
import {
  deviceReport,
  foldIn,
  randomNormal,
  randomUniform,
  setSeed,
  tf,
  withSeed,
  type Seed,
} from "diffusion";
import { normalValues, uniformValues } from "../../../src/random/distributions";
import { philox } from "../../../src/random/philox";
import { seedWords } from "../../../src/random/seed";

const seeds: fc.Arbitrary<number | [number, number]> = fc.oneof(
  fc.maxSafeInteger(),
  fc.tuple(fc.integer(), fc.integer()),
);
const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

describe("Philox 4×32-10 gives its authors' test vectors (Random123, kat_vectors)", () => {
  test.each([
    ["00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    ["ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    ["243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ])("%s under %s", (counter, key, expected) => {
    const parse = (text: string): number[] => text.split(" ").map((word) => parseInt(word, 16));
    const words = new Uint32Array(4);
    philox(Uint32Array.from(parse(counter)), parse(key) as [number, number], words, 0);
    expect([...words]).toEqual(parse(expected));
  });
});

describe("our own numbers equal the native operations'", () => {
  if (deviceReport().backend !== "native") return;

  test("uniform: bit for bit", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 40 }), (seed, count) => {
        expect(values(randomUniform([count], seed))).toEqual([...uniformValues(seedWords(seed), count)]);
      }),
      { numRuns: 50 },
    );
  });

  test("normal: to float32 rounding", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 40 }), (seed, count) => {
        const ours = normalValues(seedWords(seed), count);
        values(randomNormal([count], seed)).forEach((value, i) => {
          expect(Math.abs(value - ours[i])).toBeLessThan(2e-6);
        });
      }),
      { numRuns: 50 },
    );
  });

  test("a large draw, which the native operation shares out over threads", () => {
    const count = 300_001;
    const ours = uniformValues([7, 8], count);
    expect(values(randomUniform([count], [7, 8]))).toEqual([...ours]);
  });

  test("folding a number in: the same on the host and in a tensor", () => {
    fc.assert(
      fc.property(seeds, fc.integer(), (seed, data) => {
        const onHost = foldIn(seed, data) as readonly number[];
        const inTensor = foldIn(seed, tf.scalar(data, "int32")) as tf.Tensor;
        expect(values(inTensor)).toEqual([...onHost]);
      }),
      { numRuns: 30 },
    );
  });
});

describe("draws", () => {
  const count = 200_000;
  const mean = (list: number[]): number => list.reduce((a, b) => a + b, 0) / list.length;

  test("normal numbers have mean 0, variance 1, kurtosis 3, and do not hang together", () => {
    const draws = values(randomNormal([count], 1));
    const error = 1 / Math.sqrt(count);
    expect(Math.abs(mean(draws))).toBeLessThan(5 * error);
    expect(Math.abs(mean(draws.map((v) => v ** 2)) - 1)).toBeLessThan(5 * error * Math.sqrt(2));
    expect(Math.abs(mean(draws.map((v) => v ** 4)) - 3)).toBeLessThan(5 * error * Math.sqrt(96));
    expect(Math.abs(mean(draws.slice(1).map((v, i) => v * draws[i])))).toBeLessThan(5 * error);
  });

  test("uniform numbers fill [0, 1) evenly", () => {
    const draws = values(randomUniform([count], 2));
    expect(Math.min(...draws.slice(0, 9000))).toBeGreaterThanOrEqual(0);
    const bins = new Array<number>(20).fill(0);
    for (const draw of draws) bins[Math.floor(draw * 20)]++;
    const expected = count / 20;
    const chiSquare = bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(19 + 5 * Math.sqrt(2 * 19));
  });

  test("another seed or another number folded in gives unrelated draws", () => {
    const correlation = (a: Seed, b: Seed): number => {
      const [u, v] = [values(randomNormal([10_000], a)), values(randomNormal([10_000], b))];
      return mean(u.map((value, i) => value * v[i]));
    };
    expect(Math.abs(correlation(1, 2))).toBeLessThan(0.05);
    expect(Math.abs(correlation(foldIn(1, 1), foldIn(1, 2)))).toBeLessThan(0.05);
    expect(correlation(3, 3)).toBeGreaterThan(0.95);
  });

  test("a seed may be a tensor, computed on the device", () => {
    const seed = tf.stack([tf.scalar(4, "int32"), tf.scalar(5, "int32")]);
    expect(values(randomNormal([6], seed))).toEqual(values(randomNormal([6], [4, 5])));
  });
});

describe("without a seed", () => {
  test("each draw is new, and a restart repeats them", () => {
    setSeed(11);
    const first = [values(randomNormal([3])), values(randomNormal([3]))];
    expect(first[0]).not.toEqual(first[1]);
    setSeed(11);
    expect([values(randomNormal([3])), values(randomNormal([3]))]).toEqual(first);
  });

  test("withSeed depends on its seed alone, and leaves the stream outside as it was", () => {
    setSeed(1);
    const inner = withSeed(42, () => values(randomNormal([3])));
    const after = values(randomNormal([3]));
    setSeed(1);
    expect(values(randomNormal([3]))).toEqual(after);
    expect(withSeed(42, () => values(randomNormal([3])))).toEqual(inner);
  });

  test("withSeed puts the stream back after an error", () => {
    setSeed(1);
    const expected = values(randomNormal([2]));
    setSeed(1);
    expect(() =>
      withSeed(5, () => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(values(randomNormal([2]))).toEqual(expected);
  });
});

test("no tensor is left behind but the result", () => {
  const seed = tf.tensor1d([1, 2], "int32");
  const before = tf.memory().numTensors;
  randomNormal([5], seed).dispose();
  randomUniform([5]).dispose();
  withSeed(seed, () => randomNormal([5])).dispose();
  expect(tf.memory().numTensors).toBe(before);
  seed.dispose();
});

test("bad arguments are named", () => {
  expect(() => randomNormal([2, -1], 0)).toThrow("shape[1] is -1; use a whole number of 0 or more");
  expect(() => randomNormal([2], 0.5)).toThrow("seed is 0.5; use a whole number");
  expect(() => randomNormal([2], [1, NaN])).toThrow("seed[1] is NaN");
  expect(() => randomNormal([2], tf.tensor1d([1, 2]))).toThrow("seed is a tensor of float32; use int32");
  expect(() => randomNormal([2], tf.tensor1d([1, 2, 3], "int32"))).toThrow("seed has the shape [3]; use [2]");
  expect(() => foldIn(1, 0.5)).toThrow("data is 0.5");
  expect(() => foldIn(1, tf.scalar(1))).toThrow("data is a tensor of float32; use int32");
});
