import {
  bookMixture,
  exactDenoiser,
  flowLogLikelihood,
  gaussianMixture,
  InterruptedError,
  linearSchedule,
  planeMixture,
  samplingTimes,
  straightSchedule,
  tf,
  zeroTerminalSnr,
  type Denoiser,
  type Point,
} from "diffusion";
import { withHost } from "../notebook/fake-host";

const schedule = linearSchedule(1000);
const column = (values: ArrayLike<number>): tf.Tensor2D =>
  tf.tensor2d(Float32Array.from(values), [values.length, 1]);

/** The density that the flow is about: of y = z/√α at its first time. */
const firstTime = 1;

test("on the line it is the exact log density, point by point and in the mean", async () => {
  const denoise = exactDenoiser(bookMixture, schedule);
  const x = bookMixture.sample(400, 1);
  const found = (await flowLogLikelihood(denoise, column(x), schedule)).dataSync();
  const first = bookMixture.marginal(firstTime, schedule);
  const root = Math.sqrt(schedule.alpha[firstTime]);
  const errors = Array.from(
    x,
    (value, i) => found[i] - first.logDensity(root * Math.fround(value)) - Math.log(root),
  );
  const mean = errors.reduce((sum, error) => sum + error) / errors.length;
  expect(Math.abs(mean) / Math.LN2).toBeLessThan(2e-3); // bits
  expect(errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0) / Math.LN2).toBeLessThan(0.05);
  // The data themselves, not blurred, are as near.
  const blurred = Array.from(x, (value, i) => found[i] - bookMixture.logDensity(value));
  const bias = blurred.reduce((sum, error) => sum + error) / errors.length;
  expect(Math.abs(bias) / Math.LN2).toBeLessThan(0.01);
});

test.each([
  ["linear", linearSchedule(1000)],
  ["straight", straightSchedule(1000)],
])("in the straight variable, too, also where nothing is left of the data: %s", async (_, schedule) => {
  const denoise = exactDenoiser(bookMixture, schedule);
  const x = bookMixture.sample(400, 1);
  const times = samplingTimes(schedule, 150, "karras")
    .filter((t) => t >= 20) // from where y is no longer nearly x
    .reverse();
  const result = await flowLogLikelihood(denoise, column(x), schedule, { variable: "straight", times });
  const found = result.dataSync();
  const first = bookMixture.marginal(times[0], schedule);
  const root = Math.sqrt(schedule.alpha[times[0]]);
  const errors = Array.from(
    x,
    (value, i) => found[i] - first.logDensity(root * Math.fround(value)) - Math.log(root),
  );
  const mean = errors.reduce((sum, error) => sum + error) / errors.length;
  expect(Math.abs(mean) / Math.LN2).toBeLessThan(3e-3); // bits
  expect(errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0) / Math.LN2).toBeLessThan(0.05);
});

test("in the plane, too", async () => {
  const mixture = planeMixture({
    means: [
      [1, 0.5],
      [-0.8, -0.3],
    ],
    deviations: [[0.5, 0.2], 0.35],
    angles: [0.7, 0],
    weights: [0.6, 0.4],
  });
  const x = mixture.sample(200, 2);
  const denoise = exactDenoiser(mixture, schedule);
  const found = (await flowLogLikelihood(denoise, x, schedule)).dataSync();
  const points = x.arraySync() as unknown as Point[];
  const errors = points.map((point, i) => found[i] - mixture.logDensity(point));
  const mean = errors.reduce((sum, error) => sum + error) / errors.length;
  expect(Math.abs(mean) / Math.LN2).toBeLessThan(0.01);
  for (const error of errors) expect(Math.abs(error) / Math.LN2).toBeLessThan(0.1);
});

test("the error falls with the square of the number of steps", async () => {
  const normal = gaussianMixture({ means: [0.3], deviations: [0.5], weights: [1] });
  const denoise = exactDenoiser(normal, schedule);
  const x = [-0.6, 0.2, 1];
  const errorWith = async (count: number): Promise<number> => {
    const times = samplingTimes(schedule, count, "karras")
      .filter((t) => t >= 10)
      .reverse();
    const found = (await flowLogLikelihood(denoise, column(x), schedule, { times })).dataSync();
    const [t] = times;
    const root = Math.sqrt(schedule.alpha[t]);
    const exact = x.map((value) => normal.marginal(t, schedule).logDensity(root * value) + Math.log(root));
    // z_T is not quite normal: that is no error of the solver, and below it here.
    return exact.reduce((sum, value, i) => sum + Math.abs(found[i] - value), 0);
  };
  const [few, many] = [await errorWith(12), await errorWith(48)];
  expect(few / many).toBeGreaterThan(10);
});

test("no tensor is left but the result", async () => {
  const x = column([0.1, 0.2]);
  const before = tf.memory().numTensors;
  const result = await flowLogLikelihood(exactDenoiser(bookMixture, schedule), x, schedule, {
    times: [1, 500, 1000],
  });
  expect(result.shape).toEqual([2]);
  expect(tf.memory().numTensors).toBe(before + 1);
  expect(x.isDisposed).toBe(false);
});

test(
  "an interrupt of the cell ends it, and frees all",
  withHost(async (host) => {
    const x = column([0.1, 0.2]);
    const before = tf.memory().numTensors;
    let calls = 0;
    const exact = exactDenoiser(bookMixture, schedule);
    const denoise: Denoiser = (z, t) => {
      if (++calls === 9) host.interrupt();
      return exact(z, t);
    };
    await expect(flowLogLikelihood(denoise, x, schedule)).rejects.toThrow(InterruptedError);
    expect(calls).toBeLessThan(20);
    expect(tf.memory().numTensors).toBe(before);
  }),
);

test("bad arguments are named", async () => {
  const denoise = exactDenoiser(bookMixture, schedule);
  const x = column([0]);
  const refused = async (times: number[], message: string): Promise<void> => {
    await expect(flowLogLikelihood(denoise, x, schedule, { times })).rejects.toThrow(message);
  };
  await refused([5], "times has 1 entries; use 2 or more");
  await refused([0, 10], "times[0] is 0; use a whole number from 1 to 1000");
  await refused([10, 5], "times[1] is 5; use a whole number from 11 to 1000");
  await refused([10, 1001], "times[1] is 1001");
  await expect(flowLogLikelihood(denoise, tf.zeros([3]) as unknown as tf.Tensor2D, schedule)).rejects.toThrow(
    "x has the shape [3]; use [any, any]",
  );
  const ended = zeroTerminalSnr(schedule);
  await expect(flowLogLikelihood(exactDenoiser(bookMixture, ended), x, ended)).rejects.toThrow(
    "At t = 1000 nothing is left of the data",
  );
});
