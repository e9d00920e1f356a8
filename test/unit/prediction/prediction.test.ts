import * as fc from "fast-check";
import {
  convertPrediction,
  conversionWeights,
  cosineSchedule,
  denoiserOf,
  diffuse,
  kernelVariance,
  linearSchedule,
  predictionTarget,
  randomNormal,
  straightSchedule,
  tf,
  zeroTerminalSnr,
  type Prediction,
  type Schedule,
} from "diffusion";

const all: readonly Prediction[] = ["noise", "x", "v", "flow"];
const pairs = all.flatMap((from) => all.map((to): [Prediction, Prediction] => [from, to]));
const schedule = linearSchedule(100);
const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

/** z_t and what each prediction should be, by their definitions. */
function made(
  x: number,
  noise: number,
  t: number,
  { alpha }: Schedule,
): Record<Prediction, number> & { readonly z: number } {
  const [a, s] = [Math.sqrt(alpha[t]), Math.sqrt(1 - alpha[t])];
  return { z: a * x + s * noise, x, noise, v: a * noise - s * x, flow: noise - x };
}

function expectAll(found: tf.Tensor, expected: readonly number[], digits = 4): void {
  const list = values(found);
  expect(list).toHaveLength(expected.length);
  list.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], digits);
  });
}

describe("conversions, in double precision", () => {
  const numbers = fc.double({ min: -3, max: 3, noNaN: true });
  const times = fc.integer({ min: 1, max: 100 });

  test.each(pairs)("%s to %s is what the definitions say", (from, to) => {
    fc.assert(
      fc.property(numbers, numbers, times, (x, noise, t) => {
        for (const each of [schedule, cosineSchedule(100)]) {
          const truth = made(x, noise, t, each);
          const weights = conversionWeights(from, to, t, each);
          const found = weights.z * truth.z + weights.prediction * truth[from];
          // Where little is left of the data, the noise tells little about them.
          expect(Math.abs(found - truth[to]) * Math.sqrt(each.alpha[t])).toBeLessThan(1e-12);
        }
      }),
    );
  });

  test.each(pairs.flatMap(([first, second]) => all.map((third) => [first, second, third] as const)))(
    "%s to %s to %s is the direct conversion",
    (first, second, third) => {
      for (const t of [1, 7, 60, 100]) {
        const [one, two] = [
          conversionWeights(first, second, t, schedule),
          conversionWeights(second, third, t, schedule),
        ];
        const direct = conversionWeights(first, third, t, schedule);
        const scale = 1 + Math.abs(direct.prediction);
        const onPrediction = two.prediction * one.prediction;
        expect(Math.abs(onPrediction - direct.prediction) / scale).toBeLessThan(1e-12);
        expect(Math.abs(two.z + two.prediction * one.z - direct.z) / (1 + Math.abs(direct.z))).toBeLessThan(
          1e-12,
        );
      }
    },
  );

  test.each([0, 101, 1.5, NaN])("t = %d is refused", (t) => {
    for (const [from, to] of pairs) {
      expect(() => conversionWeights(from, to, t, schedule)).toThrow(
        `t is ${t}; use a whole number from 1 to 100`,
      );
    }
  });
});

describe("convertPrediction", () => {
  const x = randomNormal<tf.Rank.R3>([5, 3, 2], 1);
  const noise = randomNormal<tf.Rank.R3>([5, 3, 2], 2);
  const times = [1, 3, 20, 55, 80];

  test.each(pairs)("%s to %s, each sample with its own t", (from, to) => {
    const t = tf.tensor1d(times, "int32");
    const z = diffuse(x, t, schedule, { noise });
    const [given, wanted] = [from, to].map((each) => predictionTarget(each, x, noise, t, schedule));
    expectAll(convertPrediction(given, { from, to, z, t, schedule }), values(wanted));
  });

  test.each(pairs)("%s to %s and back is the same", (from, to) => {
    const z = randomNormal([4, 2], 3);
    const value = randomNormal([4, 2], 4);
    for (const t of [2, 50, tf.tensor1d([1, 9, 30, 70], "int32")]) {
      const there = convertPrediction(value, { from, to, z, t, schedule });
      const back = convertPrediction(there, { from: to, to: from, z, t, schedule });
      expectAll(back, values(value));
    }
  });

  test("leaves one tensor, and the caller's alone, even where nothing changes", () => {
    const value = tf.ones([2, 2]);
    const before = tf.memory().numTensors;
    const same = convertPrediction(value, { from: "x", to: "x", z: value, t: 3, schedule });
    const other = convertPrediction(value, { from: "x", to: "v", z: value, t: 3, schedule });
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([same, other]);
    expect(values(value)).toEqual([1, 1, 1, 1]);
  });

  test("gradients flow to the prediction and to z", () => {
    const convert = (value: tf.Tensor, z: tf.Tensor): tf.Tensor =>
      convertPrediction(value, { from: "noise", to: "x", z, t: 40, schedule });
    const weights = conversionWeights("noise", "x", 40, schedule);
    const [byValue, byZ] = tf.grads(convert)([tf.ones([2]), tf.ones([2])]);
    expectAll(byValue, [weights.prediction, weights.prediction]);
    expectAll(byZ, [weights.z, weights.z]);
  });

  test("bad arguments are named", () => {
    const z = tf.zeros([2, 2]);
    const convert = (value: tf.Tensor, t: number | tf.Tensor) => (): tf.Tensor =>
      convertPrediction(value, { from: "v", to: "x", z, t, schedule });
    expect(convert(tf.zeros([2, 3]), 1)).toThrow("The prediction has the shape [2, 3]; use [2, 2]");
    expect(convert(z, 0)).toThrow("t is 0; use a whole number from 1 to 100");
    expect(convert(z, tf.tensor1d([1], "int32"))).toThrow("t has the shape [1]; use [2]");
    expect(convert(z, tf.tensor1d([1, 2]))).toThrow("t is a tensor of float32; use int32");
  });
});

describe("predictionTarget", () => {
  const x = tf.tensor2d([
    [1, -2],
    [0.5, 3],
  ]);
  const noise = tf.tensor2d([
    [0.3, 1],
    [-1, -0.4],
  ]);

  test("is the data, the noise, √α ε - √(1-α) x with each sample's t, or ε - x", () => {
    const t = tf.tensor1d([4, 90], "int32");
    expect(values(predictionTarget("x", x, noise, t, schedule))).toEqual(values(x));
    expect(values(predictionTarget("noise", x, noise, t, schedule))).toEqual(values(noise));
    const expected = [4, 4, 90, 90].map((s, i) => made(values(x)[i], values(noise)[i], s, schedule).v);
    expectAll(predictionTarget("v", x, noise, t, schedule), expected, 6);
    expect(values(predictionTarget("flow", x, noise, t, schedule))).toEqual(values(noise.sub(x)));
    expectAll(
      predictionTarget("v", x, noise, 4, schedule),
      values(x).map((value, i) => made(value, values(noise)[i], 4, schedule).v),
      6,
    );
  });

  test("is a tensor of its own", () => {
    for (const prediction of all) {
      predictionTarget(prediction, x, noise, 3, schedule).dispose();
      expect(x.isDisposed || noise.isDisposed).toBe(false);
    }
  });

  test("refuses noise of another shape", () => {
    expect(() => predictionTarget("v", x, tf.zeros([2, 1]), 1, schedule)).toThrow(
      "noise has the shape [2, 1]; use [2, 2]",
    );
  });
});

describe("denoiserOf", () => {
  test.each(all)("a network that predicts %s rightly amounts to the data", (predicts) => {
    const x = randomNormal([3, 2], 5);
    const noise = randomNormal([3, 2], 6);
    const seen: { shape: number[]; dtype: string; values: number[] }[] = [];
    const denoise = denoiserOf(
      (_, t) => {
        seen.push({ shape: t.shape, dtype: t.dtype, values: values(t) });
        return predictionTarget(predicts, x, noise, t, schedule);
      },
      predicts,
      schedule,
    );
    const before = tf.memory().numTensors;
    const z = diffuse(x, 30, schedule, { noise });
    const found = denoise(z, 30);
    expect(tf.memory().numTensors).toBe(before + 2);
    expectAll(found, values(x));
    expect(seen).toEqual([{ shape: [3], dtype: "int32", values: [30, 30, 30] }]);
  });

  test("refuses a result of another shape", () => {
    const denoise = denoiserOf(() => tf.zeros([3, 1]), "x", schedule);
    expect(() => denoise(tf.zeros([3, 2]), 1)).toThrow(
      "The network's result has the shape [3, 1]; use [3, 2]",
    );
  });
});

describe("where nothing is left of the data", () => {
  const ended = zeroTerminalSnr(schedule);

  test("the noise cannot tell them", () => {
    for (const to of ["x", "v", "flow"] as const) {
      expect(() => conversionWeights("noise", to, 100, ended)).toThrow(
        'At t = 100 nothing is left of the data (α_t = 0): the noise tells nothing about them; predict "x", "v" or "flow".',
      );
    }
    const denoise = denoiserOf((z) => z, "noise", ended);
    expect(() => denoise(tf.zeros([2]), 100)).toThrow("At t = 100 nothing is left of the data");
    expect(values(denoise(tf.zeros([2]), 99))).toEqual([0, 0]);
  });

  test("x, v and the flow say all", () => {
    expect(conversionWeights("x", "noise", 100, ended)).toEqual({ z: 1, prediction: -0 });
    expect(conversionWeights("v", "x", 100, ended)).toEqual({ z: 0, prediction: -1 });
    expect(conversionWeights("x", "v", 100, ended)).toEqual({ z: 0, prediction: -1 });
    expect(conversionWeights("v", "noise", 100, ended)).toEqual({ z: 1, prediction: 0 });
    expect(conversionWeights("flow", "x", 100, ended)).toEqual({ z: 1, prediction: -1 });
    expect(conversionWeights("x", "flow", 100, ended)).toEqual({ z: 1, prediction: -1 });
    expect(conversionWeights("flow", "noise", 100, ended)).toEqual({ z: 1, prediction: 0 });
    expect(conversionWeights("flow", "v", 100, ended)).toEqual({ z: -1, prediction: 1 });
    expect(conversionWeights("v", "flow", 100, ended)).toEqual({ z: 1, prediction: 1 });
    expect(conversionWeights("noise", "noise", 100, ended)).toEqual({ z: 0, prediction: 1 });
  });
});

describe("the flow", () => {
  test.each([
    ["linear", linearSchedule(60)],
    ["cosine", cosineSchedule(60)],
    ["straight", straightSchedule(60)],
    ["zero terminal SNR", zeroTerminalSnr(linearSchedule(60))],
  ])("is the velocity of a straight path, which z is on if divided by √α + √(1-α): %s", (_, each) => {
    const [x, noise] = [0.7, -1.9];
    for (let t = 1; t <= 60; t++) {
      const [a, b] = [Math.sqrt(each.alpha[t]), Math.sqrt(kernelVariance(t, each))];
      const y = (a * x + b * noise) / (a + b);
      const velocity = noise - x;
      expect(y).toBeCloseTo(x + (b / (a + b)) * velocity, 12);
      // To the end of the path either way.
      const [toX, toNoise] = [
        conversionWeights("flow", "x", t, each),
        conversionWeights("flow", "noise", t, each),
      ];
      expect(toX.z * (a + b)).toBeCloseTo(1, 12);
      expect(toX.prediction).toBeCloseTo(-b / (a + b), 12);
      expect(toNoise.z * (a + b)).toBeCloseTo(1, 12);
      expect(toNoise.prediction).toBeCloseTo(a / (a + b), 12);
    }
  });

  test("between them, x̂ and the noise make it: û = ε̂ - x̂, also of a wrong prediction", () => {
    const z = randomNormal([5, 2], 1);
    const flow = randomNormal([5, 2], 2);
    for (const t of [1, 40, 100, tf.tensor1d([1, 9, 30, 70, 100], "int32")]) {
      const [x, noise] = (["x", "noise"] as const).map((to) =>
        convertPrediction(flow, { from: "flow", to, z, t, schedule }),
      );
      expectAll(noise.sub(x), values(flow));
    }
  });
});
