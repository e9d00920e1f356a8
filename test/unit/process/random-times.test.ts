import {
  compile,
  cosineSchedule,
  kernelVariance,
  linearSchedule,
  logitNormalTimes,
  randomTimes,
  scheduleFromBetas,
  setSeed,
  straightSchedule,
  tf,
} from "diffusion";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

/** How often each t came, as a share, at index t. */
function shares(times: readonly number[], steps: number): number[] {
  const counts = new Array<number>(steps + 1).fill(0);
  for (const t of times) counts[t]++;
  return counts.map((count) => count / times.length);
}

describe("times by a table of probabilities", () => {
  const schedule = scheduleFromBetas("four", [0.1, 0.2, 0.3, 0.4]);
  const table = [9, 0, 1, 0, 3]; // that of t = 0 counts nothing

  test("come as often as it says, in any unit, and never where it says 0", () => {
    const count = 40_000;
    const found = shares(values(randomTimes(count, schedule, { probabilities: table, seed: 1 })), 4);
    expect([found[0], found[1], found[3]]).toEqual([0, 0, 0]);
    // Five standard deviations.
    expect(Math.abs(found[2] - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / count));
  });

  test("stratified, the counts are right to one", () => {
    const found = values(
      randomTimes(1000, schedule, { probabilities: [0, 1, 2, 3, 4], seed: 2, stratified: true }),
    );
    shares(found, 4).forEach((share, t) => {
      expect(Math.abs(1000 * share - 100 * t)).toBeLessThanOrEqual(1);
    });
    expect(found).toEqual([...found].sort((a, b) => a - b));
  });

  test("the last possible time is the last", () => {
    const times = values(
      randomTimes(1 << 20, schedule, { probabilities: [0, 1, 1, 0, 0], stratified: true, seed: 3 }),
    );
    expect(times.reduce((most, t) => Math.max(most, t))).toBe(2);
  });

  test("equal ones are what is drawn without any: the same times from the same seed", () => {
    const schedule = linearSchedule(64);
    const even = new Float64Array(65).fill(1);
    for (const stratified of [false, true]) {
      expect(values(randomTimes(500, schedule, { seed: 4, stratified, probabilities: even }))).toEqual(
        values(randomTimes(500, schedule, { seed: 4, stratified })),
      );
    }
  });

  test("are part of a compiled step: new ones at each call, the same as without compiling", () => {
    const schedule = straightSchedule(50);
    const probabilities = logitNormalTimes(schedule);
    const draw = (): tf.Tensor => randomTimes(16, schedule, { stratified: true, probabilities });
    const step = compile(draw);
    setSeed(5);
    const [first, second] = [values(step()), values(step())];
    expect(first).not.toEqual(second);
    for (const t of [...first, ...second]) expect(t).toBeGreaterThan(0);
    step.dispose();
  });

  test("bad tables are named", () => {
    const draw = (probabilities: number[]) => (): tf.Tensor => randomTimes(3, schedule, { probabilities });
    expect(draw([1, 1])).toThrow("probabilities has the length 2; use 5, with that of t at index t.");
    expect(draw([0, 1, -1, 1, 1])).toThrow("probabilities[2] is -1; use a finite number of 0 or more");
    expect(draw([0, 1, 1, 1, NaN])).toThrow("probabilities[4] is NaN; use a finite number of 0 or more");
    expect(draw([1, 0, 0, 0, 0])).toThrow("probabilities is 0 at all times");
  });
});

describe("logit-normal times", () => {
  test("have the density of Esser et al. 2024, equation 19, on the straight path", () => {
    const T = 2000;
    const density = (tau: number, m: number, s: number): number => {
      const logit = Math.log(tau / (1 - tau));
      return Math.exp(-((logit - m) ** 2) / (2 * s * s)) / (s * Math.sqrt(2 * Math.PI) * tau * (1 - tau));
    };
    for (const [mean, deviation] of [
      [0, 1],
      [-0.5, 0.6],
      [1, 1.5],
    ]) {
      const found = logitNormalTimes(straightSchedule(T), { mean, deviation });
      expect(found).toHaveLength(T + 1);
      expect(found[0]).toBe(0);
      expect(found.reduce((sum, each) => sum + each)).toBeCloseTo(1, 12);
      for (const t of [100, 700, 1300, 1950]) {
        expect((T * found[t]) / density((t - 0.5) / T, mean, deviation)).toBeCloseTo(1, 2);
      }
    }
  });

  test.each([
    ["straight", straightSchedule(500)],
    ["cosine", cosineSchedule(800)],
  ])("log σ of what is drawn has the mean and deviation that were asked for: %s", (_, schedule) => {
    const probabilities = logitNormalTimes(schedule, { mean: -1.2, deviation: 1.2 });
    const times = values(randomTimes(20_000, schedule, { probabilities, stratified: true, seed: 1 }));
    const logs = times.map((t) => 0.5 * Math.log(kernelVariance(t, schedule) / schedule.alpha[t]));
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length;
    expect(Math.abs(mean + 1.2)).toBeLessThan(0.03);
    expect(Math.abs(Math.sqrt(variance) - 1.2)).toBeLessThan(0.03);
  });

  test("bad settings are named", () => {
    const schedule = linearSchedule(100);
    expect(() => logitNormalTimes(schedule, { mean: NaN })).toThrow("mean is NaN; use a finite number");
    expect(() => logitNormalTimes(schedule, { deviation: 0 })).toThrow("deviation is 0; use a finite number");
    expect(() => logitNormalTimes(schedule, { mean: 100 })).toThrow(
      "mean is 100: the schedule has no such noise; use one of its log σ, -½ log SNR(t).",
    );
  });
});
