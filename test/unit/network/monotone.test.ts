import {
  logSnr,
  monotoneSchedule,
  randomNormal,
  randomUniform,
  tf,
  valueAndGradients,
  type LearnedSchedule,
} from "diffusion";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const [from, to] = [13.3, -5];

/** A schedule whose parameters have been moved at random, as by training. */
function moved(seed: number, by: number): LearnedSchedule {
  const schedule = monotoneSchedule({ from, to, width: 8, seed });
  schedule.parameters.forEach((parameter, i) => {
    parameter.assign(parameter.add(randomNormal(parameter.shape as [number], 100 * seed + i).mul(by)));
  });
  return schedule;
}

const cases: [string, () => LearnedSchedule][] = [
  ["as it begins", () => monotoneSchedule({ from, to, seed: 1 })],
  ["moved a little", () => moved(1, 0.5)],
  ["moved far", () => moved(2, 3)],
  ["moved far elsewhere", () => moved(3, 3)],
];

describe.each(cases)("%s", (_, make) => {
  const schedule = make();
  const grid = Array.from({ length: 101 }, (_, i) => i / 100);

  test("log SNR goes from one end to the other, and never up", () => {
    const found = values(schedule.logSnr(tf.tensor1d(grid)));
    expect(found[0]).toBeCloseTo(from, 4);
    expect(found[100]).toBeCloseTo(to, 4);
    for (let i = 1; i <= 100; i++) expect(found[i]).toBeLessThan(found[i - 1]);
  });

  test("the slope is its derivative, below 0", () => {
    const u = [0.02, 0.11, 0.4, 0.63, 0.97];
    const h = 1e-3;
    const at = (shift: number): number[] =>
      values(schedule.logSnr(tf.tensor1d(u.map((place) => place + shift))));
    const [above, below] = [at(h), at(-h)];
    values(schedule.slope(tf.tensor1d(u))).forEach((slope, i) => {
      expect(slope).toBeLessThan(0);
      const difference = (above[i] - below[i]) / (2 * h);
      expect(Math.abs(slope / difference - 1)).toBeLessThan(0.01);
    });
    // To rounding, by the automatic gradient.
    const gradient = values(tf.grad((u) => schedule.logSnr(u).sum())(tf.tensor1d(u)));
    values(schedule.slope(tf.tensor1d(u))).forEach((slope, i) => {
      expect(Math.abs(slope / gradient[i] - 1)).toBeLessThan(1e-4);
    });
  });

  test("schedule(T) has these ends, falls at each step, and is the function at (t-1)/(T-1)", () => {
    for (const steps of [2, 10, 1000]) {
      const made = schedule.schedule(steps);
      const found = logSnr(made);
      expect(made.steps).toBe(steps);
      expect(made.name).toBe("learned");
      expect(Math.abs(found[1] - from)).toBeLessThan(1e-4);
      expect(Math.abs(found[steps] - to)).toBeLessThan(1e-4);
      for (let t = 2; t <= steps; t++) expect(found[t]).toBeLessThan(found[t - 1]);
      const t = Math.ceil(steps / 3);
      const expected = values(schedule.logSnr(tf.scalar((t - 1) / (steps - 1))))[0];
      expect(found[t]).toBeCloseTo(expected, 4);
    }
  });
});

test("it begins near a straight line", () => {
  const found = values(monotoneSchedule({ from, to }).logSnr(tf.linspace(0, 1, 11)));
  found.forEach((value, i) => {
    expect(Math.abs(value - (from + ((to - from) * i) / 10))).toBeLessThan(1);
  });
});

test("takes u of any shape", () => {
  const schedule = moved(1, 1);
  const u = randomUniform([2, 3], 1);
  for (const key of ["logSnr", "slope"] as const) {
    const found = schedule[key](u);
    expect(found.shape).toEqual([2, 3]);
    const flat = values(schedule[key](u.reshape([6])));
    values(found).forEach((value, i) => {
      expect(value).toBeCloseTo(flat[i], 4);
    });
    const place = tf.scalar(values(u)[0]);
    expect(schedule[key](place).shape).toEqual([]);
    expect(values(schedule[key](place))[0]).toBeCloseTo(flat[0], 4);
  }
});

test("gradients of both to all parameters agree with finite differences", () => {
  const schedule = moved(1, 0.5);
  const u = tf.tensor1d([0.1, 0.35, 0.8]);
  const direction = tf.tensor1d([1, -0.7, 0.4]);
  for (const key of ["logSnr", "slope"] as const) {
    const loss = (): tf.Scalar => schedule[key](u).mul(direction).sum();
    const { gradients } = valueAndGradients(loss, schedule.parameters);
    schedule.parameters.forEach((parameter, i) => {
      const along = randomNormal(parameter.shape as [number], 20 + i);
      const middle = parameter.clone();
      const step = 1e-2;
      const at = (shift: number): number => {
        parameter.assign(middle.add(along.mul(shift)));
        return values(loss())[0];
      };
      const difference = (at(step) - at(-step)) / (2 * step);
      parameter.assign(middle);
      const slope = values(gradients[i].mul(along).sum())[0];
      expect(Math.abs(slope - difference)).toBeLessThan(5e-3 * (1 + Math.abs(slope)));
    });
  }
});

test("seeds, and what is left in memory", () => {
  const first = (seed: number): number[] => monotoneSchedule({ from, to, seed }).parameters.flatMap(values);
  expect(first(1)).toEqual(first(1));
  expect(first(1)).not.toEqual(first(2));
  const u = tf.scalar(0.5);
  const before = tf.memory().numTensors;
  const schedule = monotoneSchedule({ from, to });
  expect(tf.memory().numTensors).toBe(before + 4);
  schedule.logSnr(u).dispose();
  schedule.slope(u).dispose();
  schedule.schedule(5);
  expect(tf.memory().numTensors).toBe(before + 4);
  schedule.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("bad arguments are named", () => {
  expect(() => monotoneSchedule({ from: NaN, to })).toThrow("from is NaN");
  expect(() => monotoneSchedule({ from, to: from })).toThrow(
    "to is 13.3; use a number below from, which is 13.3",
  );
  expect(() => monotoneSchedule({ from: 1, to: 2 })).toThrow("to is 2; use a number below from");
  expect(() => monotoneSchedule({ from, to: -Infinity })).toThrow("to is -Infinity");
  expect(() => monotoneSchedule({ from, to, width: 0 })).toThrow("width is 0");
  expect(() => monotoneSchedule({ from, to }).schedule(1)).toThrow(
    "steps is 1; use a whole number of 2 or more",
  );
});

test("its schedule falls at each of many steps, even where the network is nearly flat", () => {
  const learned = monotoneSchedule({ from: 9, to: -10, width: 4, seed: 1 });
  const [line, heights, steepness, centres] = learned.parameters;
  line.assign(tf.scalar(-18));
  heights.assign(tf.tensor1d([2, 2, 2, 2]));
  steepness.assign(tf.tensor1d([60, 60, 60, 60]));
  centres.assign(tf.tensor1d([0.1, 0.11, 0.9, 0.91]));
  const schedule = learned.schedule(1000);
  for (const t of [1, 2, 100, 500, 900, 1000]) {
    const u = tf.scalar((t - 1) / 999);
    expect(Math.log(schedule.snr[t])).toBeCloseTo(learned.logSnr(u).dataSync()[0], 4);
  }
});
