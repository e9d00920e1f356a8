import {
  classifierFree,
  convertPrediction,
  dynamicThreshold,
  linearSchedule,
  randomNormal,
  rescaled,
  scaleWithin,
  tf,
  type Denoiser,
  type Prediction,
} from "diffusion";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const z = randomNormal([3, 4, 4, 1], 1);
const [led, free] = [randomNormal(z.shape as [number], 2), randomNormal(z.shape as [number], 3)];

/** Two models, and which of them have been called. */
function models() {
  const calls: string[] = [];
  const giving =
    (name: string, guess: tf.Tensor): Denoiser =>
    () => {
      calls.push(name);
      return guess;
    };
  return { calls, conditional: giving("conditional", led), unconditional: giving("unconditional", free) };
}

function expectNear(found: tf.Tensor, expected: readonly number[], error = 1e-5): void {
  const seen = values(found);
  expect(seen).toHaveLength(expected.length);
  seen.forEach((value, i) => {
    expect(Math.abs(value - expected[i])).toBeLessThan(error);
  });
}

describe("the scale", () => {
  test.each([
    [0, "unconditional", free],
    [1, "conditional", led],
  ])("γ = %d is the %s model exactly, and calls no other", (gamma, name, expected) => {
    const { calls, ...both } = models();
    expect(values(classifierFree(both, { gamma })(z, 5))).toEqual(values(expected));
    expect(calls).toEqual([name]);
  });

  test.each([-1, 0.5, 2, 7.5])("γ = %d goes beyond, as Ho & Salimans have it with w = γ - 1", (gamma) => {
    const w = gamma - 1;
    const [c, u] = [values(led), values(free)];
    const expected = c.map((value, i) => (1 + w) * value - w * u[i]);
    expectNear(classifierFree(models(), { gamma })(z, 5), expected);
  });

  test("may depend on t, and be limited to an interval of it", () => {
    const { calls, ...both } = models();
    const denoise = classifierFree(both, { gamma: scaleWithin(3, { from: 10, to: 20 }) });
    const [c, u] = [values(led), values(free)];
    const strong = c.map((value, i) => 3 * value - 2 * u[i]);
    for (const t of [10, 15, 20]) expectNear(denoise(z, t), strong);
    calls.length = 0;
    for (const t of [1, 9, 21, 99]) expect(values(denoise(z, t))).toEqual(c);
    expect(calls).toEqual(Array(4).fill("conditional"));
    expect(values(classifierFree(models(), { gamma: (t) => (t > 5 ? 1 : 0) })(z, 5))).toEqual(u);
  });

  test("that is no number is an error that tells when", () => {
    expect(() => classifierFree(models(), { gamma: NaN })(z, 5)).toThrow(/gamma is NaN; use a finite number/);
    expect(() => classifierFree(models(), { gamma: (t) => 1 / (t - 5) })(z, 5)).toThrow(
      "gamma(5) is Infinity",
    );
    expect(() => scaleWithin(2, { from: 9, to: 3 })).toThrow("to is 3; use a finite number of 9 or more.");
  });
});

test.each<Prediction>(["noise", "v", "flow"])("mixes x̂ as it mixes the %s", (to) => {
  const linear = linearSchedule(30);
  const change = (guess: tf.Tensor): tf.Tensor =>
    convertPrediction(guess, { from: "x", to, z, t: 20, schedule: linear });
  const [c, u] = [values(change(led)), values(change(free))];
  const expected = c.map((value, i) => 2.5 * value - 1.5 * u[i]);
  expectNear(change(classifierFree(models(), { gamma: 2.5 })(z, 20)), expected, 1e-4);
});

test("both models can be called at once", () => {
  const { calls, ...separate } = models();
  const denoise = classifierFree({ ...separate, both: () => [led, free] }, { gamma: 4 });
  expect(values(denoise(z, 5))).toEqual(values(classifierFree(models(), { gamma: 4 })(z, 5)));
  expect(calls).toEqual([]);
});

test("keeps no tensor but its result", () => {
  const denoise = classifierFree(models(), { gamma: 3, rescale: 0.7, threshold: 0.9 });
  const before = tf.memory().numTensors;
  const guess = denoise(z, 5);
  expect(tf.memory().numTensors).toBe(before + 1);
  guess.dispose();
});

test("models that give other shapes are an error", () => {
  const other = { ...models(), unconditional: () => tf.zeros([3, 2]) };
  expect(() => classifierFree(other, { gamma: 3 })(z, 5)).toThrow(
    "The conditional model's result has the shape [3, 4, 4, 1]; use [3, 2].",
  );
});

/** Mean and standard deviation of each sample. */
function moments(x: tf.Tensor): { mean: number; deviation: number }[] {
  return (x.reshape([x.shape[0], -1]).arraySync() as number[][]).map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const squares = row.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, deviation: Math.sqrt(squares / row.length) };
  });
}

describe("rescaling", () => {
  test("gives each sample the conditional one's standard deviation back", () => {
    const guided = led.mul(6).sub<tf.Tensor>(free.mul(5));
    const wanted = moments(led);
    moments(rescaled(guided, led, 1)).forEach(({ deviation }, i) => {
      expect(deviation).toBeCloseTo(wanted[i].deviation, 5);
    });
    const [full, plain] = [values(rescaled(guided, led, 1)), values(guided)];
    expectNear(
      rescaled(guided, led, 0.7),
      full.map((value, i) => 0.7 * value + 0.3 * plain[i]),
      1e-4,
    );
    expect(values(rescaled(guided, led, 0))).toEqual(plain);
  });

  test("is what the option does", () => {
    const guided = classifierFree(models(), { gamma: 6 })(z, 5);
    const found = classifierFree(models(), { gamma: 6, rescale: 0.5 })(z, 5);
    expectNear(found, values(rescaled(guided, led, 0.5)));
    expect(() => classifierFree(models(), { gamma: 6, rescale: 2 })(z, 5)).toThrow(
      "rescale is 2; use a finite number from 0 to 1.",
    );
  });
});

describe("the dynamic threshold", () => {
  /** As numpy.quantile has it. */
  const quantile = (row: readonly number[], share: number): number => {
    const sorted = row.map(Math.abs).sort((a, b) => a - b);
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  };

  test.each([0, 0.5, 0.9, 0.995, 1])("of the share %d, sample by sample", (share) => {
    const x = led.mul<tf.Tensor>(tf.tensor4d([0.2, 1, 5], [3, 1, 1, 1]));
    const rows = x.reshape([3, -1]).arraySync() as number[][];
    const expected = rows.flatMap((row) => {
      const bound = Math.max(1, quantile(row, share));
      return row.map((value) => Math.max(-bound, Math.min(bound, value)) / bound);
    });
    const found = dynamicThreshold(x, share);
    expectNear(found, expected);
    expect(Math.max(...values(found).map(Math.abs))).toBeLessThanOrEqual(1);
    expect(found.shape).toEqual(x.shape);
  });

  test("is what the option does, for any γ", () => {
    for (const gamma of [0, 1, 6]) {
      const guided = classifierFree(models(), { gamma })(z, 5);
      const found = classifierFree(models(), { gamma, threshold: 0.9 })(z, 5);
      expect(values(found)).toEqual(values(dynamicThreshold(guided, 0.9)));
    }
    expect(() => dynamicThreshold(z, 99.5)).toThrow("threshold is 99.5; use a finite number from 0 to 1.");
  });
});
