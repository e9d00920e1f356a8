import {
  ancestral,
  bookMixture,
  ddim,
  dpmSolver,
  dpmSolverSde,
  euler,
  exactDenoiser,
  heun,
  InterruptedError,
  linearSchedule,
  setSeed,
  tf,
  type Denoiser,
  type Sampler,
  type SamplerOptions,
} from "diffusion";
import { withHost } from "../notebook/fake-host";

const schedule = linearSchedule(20);
const denoise = exactDenoiser(bookMixture, schedule);
const samplers: [string, Sampler][] = [
  ["ancestral", ancestral],
  ["ddim", ddim],
  ["ddim with noise", (...args) => ddim(args[0], args[1], args[2], { ...args[3], eta: 0.7 })],
  ["euler", euler],
  ["heun", heun],
  ["dpmSolver", dpmSolver],
  ["dpmSolverSde", dpmSolverSde],
];
const noisy = samplers.filter(([name]) => ["ancestral", "ddim with noise", "dpmSolverSde"].includes(name));
const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const start = (): tf.Tensor => tf.tensor1d([-1, 0.5, 2]);

describe.each(samplers)("%s", (_, sampler) => {
  test("keeps no tensor but its result, and leaves the caller's alone", async () => {
    const z = start();
    const noise = tf.zeros([3]);
    const before = tf.memory().numTensors;
    const result = await sampler(denoise, z, schedule, { noise: () => noise });
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(result.shape).toEqual([3]);
    expect(values(z)).toEqual([-1, 0.5, 2]);
    expect(values(noise)).toEqual([0, 0, 0]);
    result.dispose();
  });

  test("takes samples of any shape, and times that end before 0", async () => {
    const flat: Denoiser = (z) => z.mul(0.5);
    const result = await sampler(flat, tf.ones([2, 3, 4, 1]), schedule, { times: [20, 9, 4] });
    expect(result.shape).toEqual([2, 3, 4, 1]);
    expect(values(result).every(Number.isFinite)).toBe(true);
  });

  test("ends at the last guess", async () => {
    const last: { t: number; guess: number[] }[] = [];
    const recording: Denoiser = (z, t) => {
      const guess = denoise(z, t);
      last.push({ t, guess: values(guess) });
      return guess;
    };
    const result = values(await sampler(recording, start(), schedule, { seed: 1 }));
    const { t, guess } = last.at(-1)!;
    expect(t).toBe(1);
    result.forEach((value, i) => {
      expect(value).toBeCloseTo(guess[i], 5);
    });
  });

  test("a denoiser may always give the same tensor, the only point there is", async () => {
    const point = tf.tensor1d([0.25, -1, 3]);
    const before = tf.memory().numTensors;
    const result = await sampler(() => point, tf.ones([3]), schedule, { seed: 1 });
    values(result).forEach((value, i) => {
      expect(value).toBeCloseTo([0.25, -1, 3][i], 5);
    });
    expect(values(point)).toEqual([0.25, -1, 3]);
    expect(tf.memory().numTensors).toBe(before + 2); // and that of ones
  });

  test("a denoiser may give z itself", async () => {
    const same: Denoiser = (z) => z;
    const copy: Denoiser = (z) => z.mul(1);
    const results = [
      await sampler(same, start(), schedule, { seed: 1 }),
      await sampler(copy, start(), schedule, { seed: 1 }),
    ];
    expect(values(results[0])).toEqual(values(results[1]));
  });

  test("the same seed gives the same samples", async () => {
    const draw = async (options: SamplerOptions): Promise<number[]> =>
      values(await sampler(denoise, start(), schedule, options));
    expect(await draw({ seed: 7 })).toEqual(await draw({ seed: 7 }));
    setSeed(3);
    const first = await draw({});
    setSeed(3);
    expect(await draw({})).toEqual(first);
  });

  test(
    "an interrupt of the cell ends it after the step, and frees all",
    withHost(async (host) => {
      const z = start();
      const before = tf.memory().numTensors;
      const seen: number[] = [];
      const work = sampler(denoise, z, schedule, {
        callback: ({ step }) => {
          seen.push(step);
          if (step === 3) host.interrupt();
        },
      });
      await expect(work).rejects.toThrow(InterruptedError);
      expect(seen).toEqual([1, 2, 3]);
      expect(tf.memory().numTensors).toBe(before);
      expect(z.isDisposed).toBe(false);
    }),
  );

  test("an error of the denoiser or the callback passes through, and frees all", async () => {
    const z = start();
    const before = tf.memory().numTensors;
    const failing: Denoiser = (z, t) => {
      if (t < 15) throw new Error("no more");
      return z.mul(0.5);
    };
    await expect(sampler(failing, z, schedule)).rejects.toThrow("no more");
    expect(tf.memory().numTensors).toBe(before);
    const callback = (): Promise<void> => Promise.reject(new Error("no picture"));
    await expect(sampler(denoise, z, schedule, { callback })).rejects.toThrow("no picture");
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    [[5], "times has 1 entries; use 2 or more: from where, and to where"],
    [[], "times has 0 entries"],
    [[21, 0], "times[0] is 21; use a whole number from 0 to 20"],
    [[20, -1], "times[1] is -1"],
    [[20, 10.5, 0], "times[1] is 10.5"],
    [[20, NaN], "times[1] is NaN"],
    [[20, 10, 10, 0], "times[2] is 10, after 10; times must decrease, from T to 0"],
    [[0, 20], "times[1] is 20, after 0; times must decrease"],
  ])("refuses the times %j", async (times, message) => {
    await expect(sampler(denoise, start(), schedule, { times })).rejects.toThrow(message);
  });

  test("refuses samples that are no float32", async () => {
    await expect(sampler(denoise, tf.zeros([3], "int32"), schedule)).rejects.toThrow(
      "z is a tensor of int32; use float32",
    );
  });
});

describe("the callback", () => {
  test.each(samplers)("sees each step, its time, z and guess, and is awaited: %s", async (_, sampler) => {
    const times = [20, 13, 6, 1, 0];
    const starts: number[][] = [];
    const recording: Denoiser = (z, t) => {
      starts[times.indexOf(t)] = values(z); // the last call counts: heun's first one at t is for a trial
      return denoise(z, t);
    };
    const seen: { step: number; steps: number; t: number; z: number[]; guess: number[] }[] = [];
    let waiting = 0;
    const result = await sampler(recording, start(), schedule, {
      times,
      seed: 2,
      callback: async ({ step, steps, t, z, guess }) => {
        expect(waiting).toBe(0);
        waiting++;
        await new Promise((resolve) => setTimeout(resolve, 1));
        waiting--;
        seen.push({ step, steps, t, z: values(z), guess: values(guess) });
      },
    });
    expect(seen.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(seen.map(({ steps }) => steps)).toEqual([4, 4, 4, 4]);
    expect(seen.map(({ t }) => t)).toEqual([13, 6, 1, 0]);
    // What is reached by a step is where the next one starts, and the guess belongs to the start.
    expect(starts[0]).toEqual(values(start()));
    seen.slice(0, -1).forEach(({ z }, k) => {
      expect(z).toEqual(starts[k + 1]);
    });
    expect(seen.at(-1)!.z).toEqual(values(result));
    seen.forEach(({ guess }, k) => {
      expect(guess).toEqual(values(denoise(tf.tensor1d(starts[k]), times[k])));
    });
  });

  test("its tensors are disposed of after it, but not what it clones", async () => {
    const kept: tf.Tensor[] = [];
    let lent: tf.Tensor | undefined;
    await ancestral(denoise, start(), schedule, {
      callback: ({ step, z }) => {
        if (step === 5) lent = z;
        if (step === 5) kept.push(z.clone());
      },
    });
    expect(lent?.isDisposed).toBe(true);
    expect(values(kept[0])).toHaveLength(3);
  });
});

describe("noise", () => {
  test.each(noisy)("%s: another seed, other samples; each step has its own", async (_, sampler) => {
    const zero: Denoiser = (z) => tf.zerosLike(z);
    const draw = async (seed: number): Promise<number[]> =>
      values(await sampler(zero, tf.zeros([3]), schedule, { seed, times: [20, 15, 10] }));
    expect(await draw(1)).not.toEqual(await draw(2));
    // Three steps from 0: if they had the same noise, it would be a multiple of that of one step.
    const one = values(await sampler(zero, tf.zeros([3]), schedule, { seed: 1, times: [20, 15] }));
    const ratios = (await draw(1)).map((value, i) => value / one[i]);
    expect(Math.abs(ratios[0] - ratios[1])).toBeGreaterThan(0.01);
  });

  test.each(noisy)("%s: given noise is asked for by the time that a step starts at", async (_, sampler) => {
    const asked: number[] = [];
    const options = (scale: number): SamplerOptions => ({
      times: [20, 10, 5, 0],
      noise: (t) => {
        asked.push(t);
        return tf.tensor1d([scale * t, 0, -scale * t]);
      },
    });
    const draw = async (scale: number): Promise<number[]> =>
      values(
        await sampler((z) => tf.zerosLike(z), tf.zeros([3]), schedule, {
          ...options(scale),
          times: [20, 10, 5],
        }),
      );
    const [once, twice] = [await draw(0.1), await draw(0.2)];
    expect(asked).toEqual([20, 10, 20, 10]);
    once.forEach((value, i) => {
      expect(twice[i]).toBeCloseTo(2 * value, 5);
    });
    expect(once[0]).not.toBe(0);
    // The last step, to the data, has none.
    asked.length = 0;
    await sampler(denoise, start(), schedule, options(1));
    expect(asked).toEqual([20, 10]);
  });

  test.each(samplers.filter((each) => !noisy.includes(each)))("%s has none", async (_, sampler) => {
    const noise = (): tf.Tensor => {
      throw new Error("asked for noise");
    };
    await sampler(denoise, start(), schedule, { noise });
  });

  test("of another shape is refused", async () => {
    const noise = (): tf.Tensor => tf.zeros([2]);
    await expect(ancestral(denoise, start(), schedule, { noise })).rejects.toThrow(
      "noise(20) has the shape [2]; use [3]",
    );
  });
});

test("timers run while a sampler works", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const slow: Denoiser = (z) => {
    const until = performance.now() + 1;
    while (performance.now() < until);
    return z.mul(0.5);
  };
  await ddim(slow, tf.zeros([2]), linearSchedule(250));
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(0);
});

test("heun calls the denoiser twice a step, but once for the last; the others once", async () => {
  const calls = async (sampler: Sampler, times: readonly number[]): Promise<number[]> => {
    const seen: number[] = [];
    const counting: Denoiser = (z, t) => {
      seen.push(t);
      return z.mul(0.5);
    };
    await sampler(counting, start(), schedule, { times });
    return seen;
  };
  expect(await calls(heun, [20, 10, 4, 0])).toEqual([20, 10, 10, 4, 4]);
  for (const sampler of [ancestral, ddim, euler, dpmSolver, dpmSolverSde]) {
    expect(await calls(sampler, [20, 10, 4, 0])).toEqual([20, 10, 4]);
  }
});
