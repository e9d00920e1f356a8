import {
  boundWeighting,
  compile,
  convertPrediction,
  denoisingLoss,
  linearSchedule,
  minSnrWeighting,
  mlp,
  randomNormal,
  scheduleFromBetas,
  setSeed,
  snrWeighting,
  tf,
  valueAndGradients,
  zeroTerminalSnr,
  type DenoisingLossOptions,
  type Prediction,
  type Weighting,
} from "diffusion";

const uneven = scheduleFromBetas("uneven", [0.02, 0.3, 0.05, 0.5, 0.1]);
const all: readonly Prediction[] = ["noise", "x", "v", "flow"];
const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

const x = tf.tensor2d([
  [1, -2],
  [0.5, 3],
  [0, -0.7],
]);
const noise = tf.tensor2d([
  [0.3, 1],
  [-1, -0.4],
  [0.2, 2],
]);
const times = [1, 5, 3];
const t = tf.tensor1d(times, "int32");

/** The mean of weight · (target - prediction)², number by number; the network gives 0.4 z + t/10. */
function byHand(predicts: Prediction, weightOn: (t: number) => number): number {
  const squares = values(x).map((data, i) => {
    const s = times[Math.floor(i / 2)];
    const [signal, spread] = [Math.sqrt(uneven.alpha[s]), Math.sqrt(1 - uneven.alpha[s])];
    const epsilon = values(noise)[i];
    const z = signal * data + spread * epsilon;
    const target = { noise: epsilon, x: data, v: signal * epsilon - spread * data, flow: epsilon - data }[
      predicts
    ];
    return weightOn(s) * (target - (0.4 * z + s / 10)) ** 2;
  });
  return squares.reduce((sum, value) => sum + value) / squares.length;
}

const predict = (z: tf.Tensor, t: tf.Tensor): tf.Tensor =>
  z.mul(0.4).add(t.cast("float32").div(10).reshape([-1, 1]));

/** The error of each prediction as a share of the noise's: of x by √(1-α)/√α, of v by 1/√α, of the flow by 1 + √(1-α)/√α. */
const noiseSquarePer = (predicts: Prediction, t: number): number => {
  const { [t]: alpha } = uneven.alpha;
  return {
    noise: 1,
    x: alpha / (1 - alpha),
    v: alpha,
    flow: (1 + Math.sqrt((1 - alpha) / alpha)) ** -2,
  }[predicts];
};

describe.each(all)("a network that predicts %s", (predicts) => {
  test("the loss is the mean square of its error, number by number", () => {
    const loss = denoisingLoss(predict, x, uneven, { predicts, t, noise });
    expect(loss.shape).toEqual([]);
    expect(values(loss)[0] / byHand(predicts, () => 1)).toBeCloseTo(1, 5);
  });

  test.each<[string, Weighting]>([
    ["that of the bound", boundWeighting()],
    ["of SNR", snrWeighting(0.5)],
    ["min-SNR", minSnrWeighting(0.8)],
    ["one of its own", (s) => s],
  ])("weighted by %s: it is the square of the noise's error that is weighted", (_, weighting) => {
    const loss = denoisingLoss(predict, x, uneven, { predicts, weighting, t, noise });
    const expected = byHand(predicts, (s) => weighting(s, uneven) * noiseSquarePer(predicts, s));
    expect(values(loss)[0] / expected).toBeCloseTo(1, 5);
  });

  test("weighted by the same, it is the loss of the network that predicts the noise", () => {
    const options = { weighting: boundWeighting(), t, noise };
    const asNoise = (z: tf.Tensor, t: tf.Tensor): tf.Tensor =>
      convertPrediction(predict(z, t), { from: predicts, to: "noise", z, t, schedule: uneven });
    const [own, other] = [
      denoisingLoss(predict, x, uneven, { ...options, predicts }),
      denoisingLoss(asNoise, x, uneven, options),
    ];
    expect(values(own)[0] / values(other)[0]).toBeCloseTo(1, 4);
  });

  test.each([undefined, minSnrWeighting(0.8)])(
    "gradients agree with finite differences (%p)",
    (weighting) => {
      const network = mlp({ size: 2, steps: 5, width: 6, depth: 1, seed: 1 });
      // The last layer starts at 0, and would give no gradients to the others.
      network.parameters.forEach((parameter, i) => {
        parameter.assign(randomNormal(parameter.shape as [number], i).mul(0.5));
      });
      const options: DenoisingLossOptions = { predicts, t, noise, ...(weighting && { weighting }) };
      const loss = (): tf.Scalar => denoisingLoss((z, t) => network.predict(z, t), x, uneven, options);
      const { gradients } = valueAndGradients(loss, network.parameters);
      network.parameters.forEach((parameter, i) => {
        const direction = randomNormal(parameter.shape as [number], 100 + i);
        const middle = parameter.clone();
        const step = 3e-3;
        const at = (shift: number): number => {
          parameter.assign(middle.add(direction.mul(shift)));
          return values(loss())[0];
        };
        const difference = (at(step) - at(-step)) / (2 * step);
        parameter.assign(middle);
        const slope = values(gradients[i].mul(direction).sum())[0];
        expect(Math.abs(slope - difference)).toBeLessThan(2e-3 * (1 + Math.abs(slope)));
      });
      network.dispose();
    },
  );
});

test("the simple loss of the noise is what is taken if nothing is said", () => {
  expect(values(denoisingLoss(predict, x, uneven, { t, noise }))).toEqual(
    values(denoisingLoss(predict, x, uneven, { predicts: "noise", t, noise })),
  );
});

test("times and noise are drawn if they are not given: all times, standard normal noise, new ones at each call", () => {
  setSeed(1);
  const seen = new Set<number>();
  const data = tf.zeros([500, 2]);
  const draw = (): number =>
    values(
      denoisingLoss(
        (z, t) => {
          for (const each of values(t)) seen.add(each);
          return tf.zerosLike(z);
        },
        data,
        uneven,
      ),
    )[0];
  const losses = Array.from({ length: 20 }, draw);
  expect([...seen].sort()).toEqual([1, 2, 3, 4, 5]);
  expect(new Set(losses).size).toBe(20);
  // E ε² = 1.
  const mean = losses.reduce((sum, loss) => sum + loss) / 20;
  expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000));
});

test("leaves only its result", () => {
  const before = tf.memory().numTensors;
  for (const options of [{}, { t, noise }, { weighting: boundWeighting(), predicts: "v" as const }]) {
    denoisingLoss(predict, x, uneven, options).dispose();
    expect(tf.memory().numTensors).toBe(before);
  }
  expect(t.isDisposed || noise.isDisposed).toBe(false);
});

test("compiled, it gives the same numbers", () => {
  const options = { weighting: minSnrWeighting(), predicts: "v" as const };
  const step = compile((x: tf.Tensor, t: tf.Tensor1D, noise: tf.Tensor) =>
    denoisingLoss(predict, x, uneven, { ...options, t, noise }),
  );
  const expected = values(denoisingLoss(predict, x, uneven, { ...options, t, noise }))[0];
  expect(values(step(x, t, noise))[0]).toBeCloseTo(expected, 5);
  step.dispose();
});

test("bad arguments are named", () => {
  const loss = (options: DenoisingLossOptions, network = predict): (() => tf.Scalar) => {
    return () => denoisingLoss(network, x, uneven, options);
  };
  const before = tf.memory().numTensors;
  expect(loss({}, (z) => z.sum(1))).toThrow("The network's result has the shape [3]; use [3, 2]");
  expect(loss({ weighting: () => NaN })).toThrow(
    "The weight at t = 1 is NaN; use a finite number of 0 or more",
  );
  expect(loss({ weighting: (s) => 3 - s })).toThrow("The weight at t = 4 is -1");
  expect(tf.memory().numTensors).toBe(before);
  expect(loss({ t: tf.tensor1d([1, 2], "int32") })).toThrow("t has the shape [2]; use [3]");
  expect(loss({ t: tf.tensor1d([1, 2, 3]) })).toThrow("t is a tensor of float32; use int32");
  expect(loss({ noise: tf.zeros([3, 1]) })).toThrow("noise has the shape [3, 1]; use [3, 2]");
});

test("where nothing is left of the data: v and min-SNR go together, the noise's bound has no finite weight", () => {
  const ended = zeroTerminalSnr(linearSchedule(10));
  const last = tf.tensor1d([10, 10, 10], "int32");
  const loss = (weighting: Weighting): number =>
    values(denoisingLoss(predict, x, ended, { predicts: "v", weighting, t: last, noise }))[0];
  expect(loss(minSnrWeighting())).toBe(0); // α_T = 0: the noise is known there, whatever v is
  expect(() => loss(boundWeighting())).toThrow("The weight at t = 10 is NaN");
});
