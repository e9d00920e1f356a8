import {
  convertPrediction,
  cosineSchedule,
  denoisingLoss,
  diffuse,
  klWeights,
  posteriorVariance,
  predictionTarget,
  predictionWeighting,
  randomNormal,
  simpleWeighting,
  snrWeighting,
  straightSchedule,
  tf,
  type Prediction,
} from "diffusion";

const all: readonly Prediction[] = ["noise", "x", "v", "flow"];
const pairs = all.flatMap((one) => all.map((other): [Prediction, Prediction] => [one, other]));
const schedule = cosineSchedule(100);
const x = randomNormal([6, 3], 1);
const noise = randomNormal([6, 3], 2);
const predict = (z: tf.Tensor, t: tf.Tensor): tf.Tensor =>
  z.mul(0.3).add(t.cast("float32").div(50).reshape([-1, 1]));

test.each(pairs)("at each t the loss of %s is that of %s by its weight, for any network", (one, other) => {
  for (const t of [1, 20, 60, 97]) {
    const z = diffuse(x, t, schedule, { noise });
    const given = predict(z, tf.fill([6], t, "int32"));
    const loss = (of: Prediction): number => {
      const found = convertPrediction(given, { from: one, to: of, z, t, schedule });
      return found
        .sub(predictionTarget(of, x, noise, t, schedule))
        .square()
        .mean()
        .dataSync()[0];
    };
    const weight = predictionWeighting(one, other)(t, schedule);
    expect(loss(one) / (weight * loss(other))).toBeCloseTo(1, 3);
  }
});

test.each(pairs)("a network that predicts %s can be trained by the plain loss of %s", (predicts, other) => {
  const t = tf.tensor1d([2, 10, 30, 50, 70, 95], "int32");
  const weighted = denoisingLoss(predict, x, schedule, {
    predicts,
    weighting: predictionWeighting(other),
    t,
    noise,
  });
  const converted = denoisingLoss(
    (z, t) => convertPrediction(predict(z, t), { from: predicts, to: other, z, t, schedule }),
    x,
    schedule,
    { predicts: other, t, noise },
  );
  expect(weighted.dataSync()[0] / converted.dataSync()[0]).toBeCloseTo(1, 3);
});

test("the weights are what Kingma & Gao list", () => {
  for (let t = 1; t <= 100; t++) {
    const { [t]: snr } = schedule.snr;
    const expected = { noise: 1, x: 1 / snr, v: 1 + 1 / snr, flow: (1 + 1 / Math.sqrt(snr)) ** 2 };
    for (const predicts of all) {
      expect(predictionWeighting(predicts)(t, schedule) / expected[predicts]).toBeCloseTo(1, 9);
      expect(predictionWeighting(predicts, "x")(t, schedule) / (expected[predicts] * snr)).toBeCloseTo(1, 9);
    }
    expect(predictionWeighting("noise")(t, schedule)).toBe(simpleWeighting(t, schedule));
    expect(predictionWeighting("x")(t, schedule) / snrWeighting(-1)(t, schedule)).toBeCloseTo(1, 9);
  }
});

describe("on the straight path", () => {
  const T = 20_000;
  const straight = straightSchedule(T);

  test("û is off by the error of x̂ over τ, up to the end, where nothing is left of the data", () => {
    const weighting = predictionWeighting("flow", "x");
    for (const t of [1, 4000, 19_999, T]) expect(weighting(t, straight) * (t / T) ** 2).toBeCloseTo(1, 9);
    expect(() => predictionWeighting("flow")(T, straight)).toThrow(
      "At t = 20000 nothing is left of the data",
    );
  });

  test("the bound weights the error of û by (1-τ)/τ, so that the plain loss of flow matching is the bound's by τ/(1-τ)", () => {
    for (const t of [2000, 10_000, 19_000]) {
      const tau = (t - 0.5) / T;
      const onFlow =
        klWeights(t, 1, straight, posteriorVariance).weight / predictionWeighting("flow", "x")(t, straight);
      expect((onFlow * T) / ((1 - tau) / tau)).toBeCloseTo(1, 2);
    }
  });
});
