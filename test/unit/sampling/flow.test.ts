import {
  bookMixture,
  cosineSchedule,
  ddim,
  dpmSolver,
  euler,
  exactDenoiser,
  flowAt,
  gaussianMixture,
  heun,
  linearSchedule,
  samplingTimes,
  straightSchedule,
  tf,
  zeroTerminalSnr,
  type FlowOptions,
  type Sampler,
} from "diffusion";

const fine = linearSchedule(8000);

/** Where the flow carries z from one time to another. On the line no two ways cross, so that the share of the
 * probability that lies to the left stays the same: F_s(z_s) = F_t(z_t). */
function carried(z: number, t: number, s: number): number {
  const share = bookMixture.marginal(t, fine).cdf(z);
  const there = bookMixture.marginal(s, fine);
  let [low, high] = [-10, 10];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (there.cdf(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const [from, to] = [8000, 800];
const starts = Array.from({ length: 200 }, (_, i) => -2.4 + (4.8 * i) / 199);
const ends = starts.map((z) => carried(z, from, to));
const evenTimes = (count: number): number[] =>
  Array.from({ length: count + 1 }, (_, i) => from - ((from - to) * i) / count);

/** The sampler's mean distance from the exact flow, with so many steps. */
async function errorOf(
  sampler: Sampler<FlowOptions>,
  count: number,
  options: FlowOptions = {},
): Promise<number> {
  const denoise = exactDenoiser(bookMixture, fine);
  const z = await sampler(denoise, tf.tensor1d(starts), fine, { ...options, times: evenTimes(count) });
  return z.dataSync<"float32">().reduce((sum, value, i) => sum + Math.abs(value - ends[i]), 0) / ends.length;
}

describe("twice the steps: the distance from the exact flow", () => {
  test.each<[string, Sampler<FlowOptions>, FlowOptions, number]>([
    ["euler", euler, {}, 1],
    ["euler in log α", euler, { variable: "logAlpha" }, 1],
    ["euler in the straight variable", euler, { variable: "straight" }, 1],
    ["ddim", ddim, {}, 1],
    ["heun", heun, {}, 2],
    ["heun in the straight variable", heun, { variable: "straight" }, 2],
    ["heun in log α", heun, { variable: "logAlpha" }, 2],
    ["dpmSolver", dpmSolver, {}, 2],
  ])("%s falls with the order it says", async (_, sampler, options, order) => {
    const errors = [
      await errorOf(sampler, 40, options),
      await errorOf(sampler, 80, options),
      await errorOf(sampler, 160, options),
    ];
    for (const i of [0, 1]) {
      const observed = Math.log2(errors[i] / errors[i + 1]);
      expect(observed).toBeGreaterThan(order === 1 ? 0.9 : 1.8);
      expect(observed).toBeLessThan(order === 1 ? 1.1 : 2.2);
    }
    // Towards the exact flow itself, too, and not towards another.
    expect(errors[2]).toBeLessThan(order === 1 ? 0.01 : 2e-4);
  });
});

test.each([
  ["linear", linearSchedule(1000)],
  ["cosine", cosineSchedule(1000)],
])("euler in σ is ddim without noise, to rounding: %s", async (_, schedule) => {
  const denoise = exactDenoiser(bookMixture, schedule);
  const z = tf.tensor1d(starts);
  for (const times of [samplingTimes(schedule, 12), samplingTimes(schedule, 30, "logSnr")]) {
    const [one, other] = [
      (await euler(denoise, z, schedule, { times, variable: "sigma" })).dataSync(),
      (await ddim(denoise, z, schedule, { times, eta: 0 })).dataSync(),
    ];
    one.forEach((value, i) => {
      expect(Math.abs(value - other[i])).toBeLessThan(3e-5);
    });
    // It is what both do if nothing is said.
    expect((await euler(denoise, z, schedule, { times })).dataSync()).toEqual(one);
    expect((await ddim(denoise, z, schedule, { times })).dataSync()).toEqual(other);
  }
});

describe.each([
  ["linear", linearSchedule(1000)],
  ["straight", straightSchedule(1000)],
  ["zero terminal SNR", zeroTerminalSnr(cosineSchedule(1000))],
])("in the straight variable: %s", (_, schedule) => {
  const denoise = exactDenoiser(bookMixture, schedule);
  const z = tf.tensor1d(starts);
  const walked = async (
    sampler: Sampler<FlowOptions>,
    options: FlowOptions,
  ): Promise<[number, number[]][]> => {
    const path: [number, number[]][] = [];
    const times = samplingTimes(schedule, 12);
    await sampler(denoise, z, schedule, {
      times,
      ...options,
      callback: ({ t, z }) => path.push([t, [...z.dataSync()]]),
    });
    return path;
  };

  test("euler is ddim without noise, step for step and to rounding, also from α = 0", async () => {
    const [one, other] = [await walked(euler, { variable: "straight" }), await walked(ddim, {})];
    expect(one).toHaveLength(12);
    one.forEach(([t, values], step) => {
      expect(other[step][0]).toBe(t);
      values.forEach((value, i) => {
        expect(Math.abs(value - other[step][1][i])).toBeLessThan(5e-6);
      });
    });
  });

  test("heun is another: nearer to where the flow leads", async () => {
    const ends = async (sampler: Sampler<FlowOptions>, options: FlowOptions): Promise<number[]> =>
      (await walked(sampler, options)).at(-1)![1];
    const fine = await ends(heun, { variable: "straight", times: samplingTimes(schedule, 500) });
    const distance = (values: readonly number[]): number =>
      values.reduce((sum, value, i) => sum + Math.abs(value - fine[i]), 0) / values.length;
    const [one, other] = [
      distance(await ends(euler, { variable: "straight" })),
      distance(await ends(heun, { variable: "straight" })),
    ];
    expect(one).toBeGreaterThan(0.05);
    expect(other).toBeLessThan(0.5 * one);
  });
});

describe("one component: z keeps its place within the marginal, in deviations", () => {
  const schedule = linearSchedule(1000);
  const [mean, deviation] = [0.7, 0.4];
  const normal = gaussianMixture({ means: [mean], deviations: [deviation], weights: [1] });
  const denoise = exactDenoiser(normal, schedule);
  const exact = (z: number, t: number, s: number): number => {
    const [there, here] = [normal.marginal(t, schedule), normal.marginal(s, schedule)];
    return here.mean + (here.deviations[0] / there.deviations[0]) * (z - there.mean);
  };

  test.each<[string, Sampler<FlowOptions>, FlowOptions]>([
    ["heun", heun, {}],
    ["heun in log α", heun, { variable: "logAlpha" }],
    ["heun in the straight variable", heun, { variable: "straight" }],
    ["dpmSolver", dpmSolver, {}],
  ])("%s", async (_, sampler, options) => {
    const z = [-2, -0.5, 0.1, 1.7];
    const times = samplingTimes(schedule, 200, "logSnr");
    const path = new Map<number, number[]>();
    await sampler(denoise, tf.tensor1d(z), schedule, {
      ...options,
      times,
      callback: ({ t, z }) => path.set(t, [...z.dataSync()]),
    });
    for (const [t, values] of path) {
      values.forEach((value, i) => {
        expect(Math.abs(value - exact(z[i], 1000, t))).toBeLessThan(1e-3);
      });
    }
  });
});

describe("flowAt", () => {
  const schedule = linearSchedule(1000);

  test.each(["sigma", "logAlpha", "straight"] as const)(
    "%s: the slope is the derivative of y by the clock",
    (variable) => {
      // On a flow whose x̂ is always the same x, z_t = √α_t x + √(1-α_t) ε with the same ε.
      const [x, noise] = [0.8, -1.3];
      const at = (t: number): { y: number; z: number; clock: number } => {
        const z = Math.sqrt(schedule.alpha[t]) * x + Math.sqrt(1 - schedule.alpha[t]) * noise;
        const { scale, clock } = flowAt(t, schedule, variable);
        return { y: scale * z, z, clock };
      };
      for (const t of [100, 500, 900]) {
        const [before, here, after] = [at(t - 1), at(t), at(t + 1)];
        const { slope } = flowAt(t, schedule, variable);
        const difference = (after.y - before.y) / (after.clock - before.clock);
        expect((slope.z * here.z + slope.x * x) / difference).toBeCloseTo(1, 3);
      }
    },
  );

  test("at t = 0, z is the data", () => {
    expect(flowAt(0, schedule)).toMatchObject({ scale: 1, clock: 0 });
    expect(flowAt(0, schedule, "logAlpha")).toMatchObject({ scale: 1, clock: 0 });
    expect(flowAt(0, schedule, "straight")).toMatchObject({ scale: 1, clock: 0 });
  });

  test("straight: the clock is τ, t/T on the schedule of that name, and the slope û = ε̂ - x̂ = (y - x̂)/τ", () => {
    const straight = straightSchedule(50);
    for (let t = 1; t <= 50; t++) {
      const { scale, clock, slope } = flowAt(t, straight, "straight");
      expect(clock).toBeCloseTo(t / 50, 12);
      expect(slope.z / scale).toBeCloseTo(50 / t, 9);
      expect(slope.x).toBeCloseTo(-50 / t, 9);
    }
    expect(flowAt(50, straight, "straight")).toEqual({ scale: 1, clock: 1, slope: { z: 1, x: -1 } });
  });

  test("bad arguments are named", async () => {
    expect(() => flowAt(1, schedule, "time" as "sigma")).toThrow(
      'variable is "time"; use "sigma", "logAlpha" or "straight"',
    );
    expect(() => flowAt(1001, schedule)).toThrow("t is 1001; use a whole number from 0 to 1000");
    const ended = zeroTerminalSnr(schedule);
    expect(() => flowAt(1000, ended)).toThrow(
      'At t = 1000 nothing is left of the data (α_t = 0), where the flow has no beginning in "sigma"; use the variable "straight" or ddim, or start at 999',
    );
    const denoise = exactDenoiser(bookMixture, ended);
    await expect(heun(denoise, tf.zeros([1]), ended)).rejects.toThrow("the flow has no beginning");
  });

  test("where nothing is left of the data, ddim and dpmSolver begin nevertheless", async () => {
    const ended = zeroTerminalSnr(schedule);
    const denoise = exactDenoiser(bookMixture, ended);
    const times = samplingTimes(ended, 100);
    const z = tf.tensor1d([-1, 0, 1]);
    const expected = [-1, 0, 1].map((value) => {
      const share = gaussianMixture({ means: [0], deviations: [1], weights: [1] }).cdf(value);
      let [low, high] = [-5, 5];
      while (high - low > 1e-9) {
        const middle = (low + high) / 2;
        if (bookMixture.cdf(middle) < share) low = middle;
        else high = middle;
      }
      return low;
    });
    for (const sampler of [ddim, dpmSolver]) {
      (await sampler(denoise, z, ended, { times })).dataSync().forEach((value, i) => {
        expect(Math.abs(value - expected[i])).toBeLessThan(0.1);
      });
    }
  });
});
