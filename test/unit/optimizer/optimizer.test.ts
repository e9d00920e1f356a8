import {
  adam,
  clipByGlobalNorm,
  compile,
  globalNorm,
  movingAverage,
  tf,
  valueAndGradients,
  inTurn,
  warmupCosine,
} from "diffusion";

const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
const variable = (numbers: number[]): tf.Variable => tf.variable(tf.tensor1d(numbers));

/** Adam and AdamW as their papers write them, in float64. */
function paper(
  start: number[],
  gradients: number[][],
  rate: (step: number) => number,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decay = 0 } = {},
): number[] {
  const theta = [...start];
  const m = start.map(() => 0);
  const v = start.map(() => 0);
  gradients.forEach((g, i) => {
    const t = i + 1;
    theta.forEach((_, k) => {
      m[k] = beta1 * m[k] + (1 - beta1) * g[k];
      v[k] = beta2 * v[k] + (1 - beta2) * g[k] ** 2;
      const mHat = m[k] / (1 - beta1 ** t);
      const vHat = v[k] / (1 - beta2 ** t);
      theta[k] -= rate(i) * (mHat / (Math.sqrt(vHat) + epsilon) + decay * theta[k]);
    });
  });
  return theta;
}

const start = [1, -2, 0.5];
const gradients = Array.from({ length: 12 }, (_, t) => [Math.sin(t), 0.1 * t - 0.5, t % 3 === 0 ? 0 : 1e-4]);

describe.each([
  ["eager", (step: (g: tf.Tensor) => void) => step],
  ["compiled", (step: (g: tf.Tensor) => void) => compile(step)],
])("%s", (_mode, prepare) => {
  test.each([
    ["Adam", {}, {}],
    [
      "Adam with a large ε",
      { epsilon: 0.1, beta1: 0.5, beta2: 0.9 },
      { epsilon: 0.1, beta1: 0.5, beta2: 0.9 },
    ],
    ["AdamW", { weightDecay: 0.3 }, { decay: 0.3 }],
  ])("%s is that of the paper", (_name, options, expected) => {
    const theta = variable(start);
    const optimizer = adam([theta], { learningRate: 0.05, ...options });
    const step = prepare((g) => {
      optimizer.apply([g]);
    });
    for (const g of gradients) step(tf.tensor1d(g));
    const exact = paper(start, gradients, () => 0.05, expected);
    values(theta).forEach((value, i) => {
      expect(value).toBeCloseTo(exact[i], 4);
    });
    expect(values(optimizer.steps)).toEqual([gradients.length]);
  });

  test("a schedule moves on with the steps", () => {
    const schedule = { peak: 0.2, warmup: 3, steps: 10, floor: 0.1 };
    const rate = (i: number): number => {
      const part = Math.min(Math.max((i - 3) / 7, 0), 1);
      return 0.2 * Math.min((i + 1) / 3, 0.1 + 0.45 * (1 + Math.cos(Math.PI * part)));
    };
    const theta = variable(start);
    const optimizer = adam([theta], { learningRate: warmupCosine(schedule) });
    const step = prepare((g) => {
      optimizer.apply([g]);
    });
    for (const g of gradients) step(tf.tensor1d(g));
    const exact = paper(start, gradients, rate);
    values(theta).forEach((value, i) => {
      expect(value).toBeCloseTo(exact[i], 4);
    });
  });

  test("averages follow the parameters", () => {
    const theta = variable([1, 10]);
    const average = movingAverage([theta], { decay: 0.9 });
    const fixed = movingAverage([theta], { decay: 0.9, warmup: false });
    const step = prepare((g) => {
      theta.assign(tf.add(theta, g));
      average.update();
      fixed.update();
    });
    let [exact, slow, x] = [1, 1, 1];
    for (let t = 1; t <= 8; t++) {
      step(tf.tensor1d([t, 0]));
      x += t;
      exact += (1 - Math.min(0.9, (1 + t) / (10 + t))) * (x - exact);
      slow += 0.1 * (x - slow);
    }
    expect(values(average.averages[0])[0]).toBeCloseTo(exact, 4);
    expect(values(fixed.averages[0])[0]).toBeCloseTo(slow, 4);
    expect(values(average.averages[0])[1]).toBe(10);
    expect(values(theta)).toEqual([37, 10]);
  });
});

test("the schedule starts above 0, peaks, and ends at its floor", () => {
  const rate = warmupCosine({ peak: 2, warmup: 4, steps: 20, floor: 0.25 });
  const at = (step: number): number => rate(tf.scalar(step)).dataSync()[0];
  expect([0, 3, 12, 20, 100].map(at).map((value) => Math.round(value * 1e4) / 1e4)).toEqual([
    0.5, 2, 1.25, 0.5, 0.5,
  ]);
});

describe("clipping by the global norm", () => {
  test("shortens to the maximum, and keeps the direction", () => {
    const { gradients: clipped, norm } = clipByGlobalNorm([tf.tensor1d([3, 0]), tf.tensor2d([[4]])], 1);
    expect(norm.dataSync()[0]).toBeCloseTo(5, 5);
    expect(values(clipped[0])[0]).toBeCloseTo(0.6, 5);
    expect(values(clipped[1])[0]).toBeCloseTo(0.8, 5);
  });

  test("leaves shorter ones, and zeros, as they are", () => {
    expect(values(clipByGlobalNorm([tf.tensor1d([0.3, 0.4])], 1).gradients[0])).toEqual([
      Math.fround(0.3),
      Math.fround(0.4),
    ]);
    expect(values(clipByGlobalNorm([tf.zeros([2])], 1).gradients[0])).toEqual([0, 0]);
    expect(globalNorm([tf.zeros([2])]).dataSync()[0]).toBe(0);
  });
});

describe("bad arguments are named", () => {
  const theta = variable(start);
  test.each([
    ["learningRate", () => adam([theta], { learningRate: -1 }), /learningRate is -1/],
    ["beta1", () => adam([theta], { beta1: 1 }), /beta1 is 1/],
    ["epsilon", () => adam([theta], { epsilon: 0 }), /epsilon is 0/],
    ["weightDecay", () => adam([theta], { weightDecay: NaN }), /weightDecay is NaN/],
    [
      "the number of gradients",
      () => {
        adam([theta]).apply([]);
      },
      /There are 0 gradients; use 1/,
    ],
    [
      "a gradient's shape",
      () => {
        adam([theta]).apply([tf.zeros([2])]);
      },
      /gradients\[0\] has the shape \[2\]; use \[3\]/,
    ],
    ["decay", () => movingAverage([theta], { decay: 1 }), /decay is 1/],
    [
      "warmup",
      () => warmupCosine({ peak: 1, warmup: 10, steps: 10 }),
      /warmup is 10; use a whole number from 0 to 9/,
    ],
    ["peak", () => warmupCosine({ peak: 0, warmup: 1, steps: 10 }), /peak is 0/],
    ["maximum", () => clipByGlobalNorm([theta], 0), /maximum is 0/],
    [
      "a loss that is no number",
      () => valueAndGradients(() => tf.mul(theta, 2), [theta]),
      /The loss has the shape \[3\]/,
    ],
    [
      "an unused parameter",
      () => valueAndGradients(() => tf.sum(theta), [theta, variable([1])]),
      /does not depend on 1 of 2 parameters/,
    ],
  ] as const)("%s", (_name, action, message) => {
    const before = tf.memory().numTensors;
    expect(action).toThrow(message);
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(4); // what a good optimizer holds
  });
});

test("rates in turn: each part begins at its own step 0, the last goes on", () => {
  const parts = [
    { steps: 10, peak: 1, warmup: 2 },
    { steps: 5, peak: 0.1, warmup: 1 },
  ];
  const rate = inTurn(parts.map((part) => ({ steps: part.steps, rate: warmupCosine(part) })));
  const alone = parts.map((part) => warmupCosine(part));
  const at = (f: (step: tf.Scalar) => tf.Scalar, step: number): number => f(tf.scalar(step)).dataSync()[0];
  for (const step of [0, 1, 5, 9]) expect(at(rate, step)).toBeCloseTo(at(alone[0], step), 7);
  for (const step of [10, 11, 14, 20]) expect(at(rate, step)).toBeCloseTo(at(alone[1], step - 10), 7);
  expect(at(rate, 10)).toBeCloseTo(0.1, 6);
  expect(() => inTurn([])).toThrow("the number of parts is 0");
  expect(() => inTurn([{ steps: 0, rate: alone[0] }])).toThrow("parts[0].steps is 0");
});
