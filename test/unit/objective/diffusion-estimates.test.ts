import {
  bookMixture,
  denoiseMixture,
  diffusionEstimates,
  exactErrors,
  linearSchedule,
  lowerBound,
  monotoneSchedule,
  posteriorVariance,
  randomNormal,
  randomUniform,
  tf,
  type LearnedSchedule,
} from "diffusion";

const { snr } = linearSchedule(1000);
const ends = { from: Math.log(snr[1]), to: Math.log(snr[1000]) };
const perfect = (z: tf.Tensor, logSnr: tf.Tensor): tf.Tensor =>
  denoiseMixture(bookMixture, z, tf.sigmoid(logSnr), tf.sigmoid(logSnr.neg()));

const count = 100_000;
const data = tf.tensor1d(Float32Array.from(bookMixture.sample(count, 1)));

/** Mean of the estimates, with its standard error, over times that are spread evenly. */
function estimate(
  schedule: LearnedSchedule,
  steps?: number,
): { mean: number; error: number; variance: number } {
  const u = randomUniform<tf.Rank.R1>([count], 2);
  const noise = randomNormal([count], 3);
  const options = { u, noise, ...(steps !== undefined && { steps }) };
  const values = diffusionEstimates(schedule, perfect, data, options).dataSync<"float32">();
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
  return { mean, variance, error: Math.sqrt(variance / count) };
}

/** A schedule of a quite different shape between the same ends. */
function bent(): LearnedSchedule {
  const schedule = monotoneSchedule({ ...ends, seed: 4 });
  const [line, heights, , centres] = schedule.parameters;
  line.assign(tf.scalar(-4));
  heights.assign(tf.fill(heights.shape, 1));
  centres.assign(tf.fill(centres.shape, 0.6));
  return schedule;
}

describe("single estimates of the bound", () => {
  const straight = monotoneSchedule({ ...ends, seed: 3 });

  test("are -½ λ' SNR ‖x - x̂‖² in continuous time", () => {
    const [u, x, noise] = [tf.tensor1d([0.3]), tf.tensor1d([0.7]), tf.tensor1d([-1.2])];
    const logSnr = straight.logSnr(u).dataSync()[0];
    const alpha = 1 / (1 + Math.exp(-logSnr));
    const z = Math.sqrt(alpha) * 0.7 - Math.sqrt(1 - alpha) * 1.2;
    const guess = denoiseMixture(bookMixture, tf.tensor1d([z]), tf.scalar(alpha)).dataSync()[0];
    const expected = -0.5 * straight.slope(u).dataSync()[0] * Math.exp(logSnr) * (0.7 - guess) ** 2;
    const [found] = diffusionEstimates(straight, perfect, x, { u, noise }).dataSync();
    expect(found / expected).toBeCloseTo(1, 3);
  });

  test("have the same mean on every path between the same ends, and another variance", () => {
    const [one, other] = [estimate(straight), estimate(bent())];
    expect(Math.abs(one.mean - other.mean)).toBeLessThan(4 * Math.hypot(one.error, other.error));
    expect(Math.max(one.variance, other.variance)).toBeGreaterThan(
      1.5 * Math.min(one.variance, other.variance),
    );
  });

  test.each([10, 100])("add up to the bound's terms in %d steps of discrete time", (steps) => {
    const schedule = straight.schedule(steps + 1);
    const { kl } = lowerBound(exactErrors(bookMixture, schedule), schedule, posteriorVariance);
    const { mean, error } = estimate(straight, steps);
    expect(Math.abs(mean - kl.reduce((sum, value) => sum + value))).toBeLessThan(4 * error);
  });

  test("can be differentiated by the schedule's parameters", () => {
    const u = randomUniform<tf.Rank.R1>([64], 5);
    const { parameters } = straight;
    const loss = (): tf.Scalar =>
      diffusionEstimates(straight, perfect, data.slice([0], [64]), { u, noise: randomNormal([64], 6) })
        .square()
        .mean();
    const { grads } = tf.variableGrads(loss, [...parameters]);
    const slope = grads[parameters[0].name].dataSync()[0];
    const at = (shift: number): number => {
      const before = parameters[0].dataSync()[0];
      parameters[0].assign(tf.scalar(before + shift));
      const value = loss().dataSync()[0];
      parameters[0].assign(tf.scalar(before));
      return value;
    };
    const difference = (at(0.05) - at(-0.05)) / 0.1;
    expect(Math.abs(slope / difference - 1)).toBeLessThan(0.02);
  });

  test("bad arguments are named", () => {
    const u = tf.zeros<tf.Rank.R1>([3]);
    expect(() => diffusionEstimates(straight, perfect, data, { u })).toThrow("u has the shape [3]");
    const x = tf.zeros([3]);
    expect(() => diffusionEstimates(straight, perfect, x, { u, steps: 0 })).toThrow("steps is 0");
  });
});
