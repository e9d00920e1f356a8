import {
  betaVariance,
  cosineSchedule,
  klWeights,
  linearSchedule,
  posteriorVariance,
  timeProbabilities,
  zeroTerminalSnr,
} from "diffusion";
import { allTimes, drawTimes } from "../../../src/objective/drawn-times";

const sumOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0);

describe("timeProbabilities", () => {
  test("are in proportion to the terms of white data, and partly uniform", () => {
    for (const schedule of [linearSchedule(50), cosineSchedule(400), zeroTerminalSnr(linearSchedule(30))]) {
      for (const variance of [betaVariance, posteriorVariance]) {
        const term = (t: number): number =>
          klWeights(t, 1, schedule, variance).weight * (1 - schedule.alpha[t]);
        const pure = timeProbabilities(schedule, variance, { uniform: 0 });
        const mixed = timeProbabilities(schedule, variance, { uniform: 0.3 });
        for (const values of [pure, mixed]) {
          expect(sumOf(values)).toBeCloseTo(1, 12);
          expect([...values.subarray(0, 2)]).toEqual([0, 0]);
          expect(values.length).toBe(schedule.steps + 1);
        }
        for (let t = 2; t <= schedule.steps; t++) {
          expect(pure[t] / pure[2] / (term(t) / term(2))).toBeCloseTo(1, 9);
          expect(mixed[t]).toBeCloseTo(0.7 * pure[t] + 0.3 / (schedule.steps - 1), 12);
        }
      }
    }
  });

  test("follow the fall of log SNR while most of the data is left", () => {
    const schedule = cosineSchedule(1000);
    const pure = timeProbabilities(schedule, posteriorVariance, { uniform: 0 });
    const fall = (t: number): number => Math.log(schedule.snr[t - 1] / schedule.snr[t]);
    for (const t of [60, 100, 150]) {
      const ratio = pure[t] / pure[50] / (fall(t) / fall(50));
      expect(ratio).toBeGreaterThan(0.9); // α falls to 0.94
      expect(ratio).toBeLessThan(1);
    }
  });

  test("a share outside [0, 1] is refused", () => {
    expect(() => timeProbabilities(linearSchedule(5), betaVariance, { uniform: 1.1 })).toThrow(
      "uniform is 1.1",
    );
  });
});

describe("drawTimes", () => {
  const schedule = linearSchedule(12);
  // Far from even, and not adding up to 1.
  const weights = [NaN, 7, 8, 1, 1, 4, 0.5, 2, 3, 3, 0.5, 1, 8];
  const total = sumOf(weights.slice(2));
  const [images, draws] = [500, 3];
  const drawn = drawTimes(images, draws, weights, schedule, 5);

  test("all draws together have each time as often as its probability says, to within 2", () => {
    for (let t = 2; t <= 12; t++) {
      const count = drawn.t.filter((time) => time === t).length;
      expect(Math.abs(count - (images * draws * weights[t]) / total)).toBeLessThan(2);
    }
    expect(drawn.t.length).toBe(images * draws);
  });

  test("each image has one time in each of three parts of equal probability", () => {
    const reached = weights.map((_, t) => (t < 2 ? 0 : sumOf(weights.slice(2, t + 1)) / total));
    for (let i = 0; i < images; i++) {
      for (let k = 0; k < draws; k++) {
        const t = drawn.t[k * images + i];
        expect(reached[t]).toBeGreaterThan(k / draws);
        expect(t === 2 ? 0 : reached[t - 1]).toBeLessThan((k + 1) / draws);
      }
    }
  });

  test("which image has which part is random: no order, other in each round and for each seed", () => {
    const rounds = [0, 1, 2].map((k) => [...drawn.ranks!.subarray(k * images, (k + 1) * images)]);
    rounds.push([...drawTimes(images, 1, weights, schedule, 6).ranks!]);
    rounds.push(rounds[0].map((_, i) => i));
    const middle = (images - 1) / 2;
    const spread = (images ** 2 - 1) / 12;
    for (const [a, one] of rounds.entries()) {
      expect([...one].sort((x, y) => x - y)).toEqual(rounds[4]);
      for (const other of rounds.slice(0, a)) {
        const correlation =
          sumOf(one.map((rank, i) => (rank - middle) * (other[i] - middle))) / images / spread;
        expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(images));
      }
    }
    expect(drawTimes(images, draws, weights, schedule, 5)).toEqual(drawn);
  });

  test("of a single image: the sum over its draws, times the factors, has the sum over all times as its mean", () => {
    const terms = weights.map((_, t) => (t < 2 ? 0 : Math.cos(t) + 2));
    const sums = Array.from({ length: 1500 }, (_, seed) => {
      const { t, factors } = drawTimes(1, 2, weights, schedule, seed);
      return sumOf(Array.from(t, (time) => factors[time] * terms[time]));
    });
    const mean = sumOf(sums) / sums.length;
    const error = Math.sqrt(sumOf(sums.map((sum) => (sum - mean) ** 2))) / sums.length;
    expect(error).toBeLessThan(0.6);
    expect(Math.abs(mean - sumOf(terms))).toBeLessThan(4 * error);
  });

  test("all times, once for each image", () => {
    const { t, factors, ranks } = allTimes(3, linearSchedule(4));
    expect([...t]).toEqual([2, 2, 2, 3, 3, 3, 4, 4, 4]);
    expect([...factors.subarray(2)]).toEqual([1, 1, 1]);
    expect(ranks).toBeUndefined();
  });

  test("probabilities that do not fit are named", () => {
    const draw = (probabilities: number[]): unknown => drawTimes(2, 1, probabilities, linearSchedule(3), 0);
    expect(() => draw([0, 0, 1])).toThrow("probabilities has the length 3; use 4");
    expect(() => draw([0, 0, 1, 0])).toThrow("probabilities[3] is 0");
    expect(() => draw([0, 0, -1, 2])).toThrow("probabilities[2] is -1");
    expect(() => draw([0, 0, 1, NaN])).toThrow("probabilities[3] is NaN");
  });
});
