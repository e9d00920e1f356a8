import {
  ancestral,
  cosineSchedule,
  ddim,
  exactDenoiser,
  InterruptedError,
  linearSchedule,
  planeMixture,
  posteriorWeights,
  randomNormal,
  repaint,
  repaintPath,
  samplingTimes,
  setSeed,
  tf,
  type Denoiser,
  type RepaintOptions,
  type Schedule,
} from "diffusion";
import { withHost } from "../notebook/fake-host";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

/** Two numbers of variance 1 with the correlation ρ: given the first, c, the second is N(ρ c, 1-ρ²). */
const correlation = 0.9;
const pair = planeMixture({
  means: [[0, 0]],
  deviations: [[Math.sqrt(1 + correlation), Math.sqrt(1 - correlation)]],
  angles: [Math.PI / 4],
});
const firstKnown = (): tf.Tensor => tf.tensor1d([1, 0]);
const given = 1.2;
const truth = { mean: correlation * given, variance: 1 - correlation ** 2 };

/** Mean and variance of what is made, by the algorithm's own recursion: all is linear, and the two numbers have independent
 * noise whenever a step begins. */
function predicted(
  schedule: Schedule,
  times: readonly number[],
  path: readonly number[],
): { mean: number; variance: number } {
  const kernel = (t: number): { mean: number; variance: number } => ({
    mean: Math.sqrt(schedule.alpha[t]) * given,
    variance: 1 - schedule.alpha[t],
  });
  let [known, made] = [kernel(times[0]), { mean: 0, variance: 1 }];
  for (let move = 1; move < path.length; move++) {
    const [t, s] = [times[path[move - 1]], times[path[move]]];
    if (s > t) {
      const kept = schedule.alpha[s] / schedule.alpha[t];
      [known, made] = [known, made].map(({ mean, variance }) => ({
        mean: Math.sqrt(kept) * mean,
        variance: kept * variance + 1 - kept,
      }));
      continue;
    }
    // x̂ = √α C (α C + (1-α) I)⁻¹ z = √α C z / ..., with C = [[1, ρ], [ρ, 1]].
    const a = schedule.alpha[t];
    const determinant = 1 - (a * correlation) ** 2;
    const own = (Math.sqrt(a) * (1 - a * correlation ** 2)) / determinant;
    const other = (Math.sqrt(a) * correlation * (1 - a)) / determinant;
    const { z, x, variance } = posteriorWeights(t, schedule, s);
    made = {
      mean: (z + x * own) * made.mean + x * other * known.mean,
      variance: (z + x * own) ** 2 * made.variance + (x * other) ** 2 * known.variance + variance,
    };
    known = kernel(s);
  }
  return made;
}

async function completed(
  count: number,
  schedule: Schedule,
  options: RepaintOptions,
): Promise<{ mean: number; variance: number }> {
  const x = tf.tile(tf.tensor2d([[given, 0]]), [count, 1]);
  const result = await repaint(exactDenoiser(pair, schedule), x, firstKnown(), schedule, options);
  const { mean, variance } = tf.moments(result.slice([0, 1], [-1, 1]));
  return { mean: mean.dataSync()[0], variance: variance.dataSync()[0] };
}

describe("two numbers, of which one is known", () => {
  const count = 10_000;

  test.each([
    ["plain replacement", linearSchedule(100), 100, { resamplings: 1 }],
    ["few long steps", linearSchedule(1000), 4, { resamplings: 1 }],
    ["algorithm 1", linearSchedule(40), 40, { jump: 1, resamplings: 3 }],
    ["jumps", cosineSchedule(100), 40, { jump: 4, resamplings: 3 }],
    ["jumps that do not divide the steps", linearSchedule(1000), 30, { jump: 7, resamplings: 4 }],
  ] as const)("have the moments of the algorithm's recursion: %s", async (_, schedule, steps, travel) => {
    const times = samplingTimes(schedule, steps);
    const expected = predicted(schedule, times, repaintPath(steps, travel));
    const found = await completed(count, schedule, { ...travel, times, seed: 2 });
    expect(Math.abs(found.mean - expected.mean)).toBeLessThan(5 * Math.sqrt(expected.variance / count));
    expect(Math.abs(found.variance / expected.variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  });

  test("replacement alone follows the known number too little; resampling brings it near the truth", async () => {
    const schedule = linearSchedule(100);
    const plain = await completed(2000, schedule, { resamplings: 1, seed: 3 });
    expect(plain.mean).toBeLessThan(0.75 * truth.mean);
    expect(plain.variance).toBeGreaterThan(1.35 * truth.variance);
    const resampled = await completed(2000, schedule, { jump: 4, resamplings: 10, seed: 3 });
    expect(Math.abs(resampled.mean / truth.mean - 1)).toBeLessThan(0.06);
    expect(Math.abs(resampled.variance / truth.variance - 1)).toBeLessThan(0.25);
  });

  test("at every time the known number is distributed as q(z_t | x)", async () => {
    const schedule = linearSchedule(40);
    const x = tf.fill([5000, 2], given);
    await repaint((z) => z.mul(0.5), x, firstKnown(), schedule, {
      jump: 2,
      resamplings: 2,
      seed: 1,
      callback: ({ t, z }) => {
        const { mean, variance } = tf.moments(z.slice([0, 0], [-1, 1]));
        const noise = 1 - schedule.alpha[t];
        expect(Math.abs(mean.dataSync()[0] - Math.sqrt(schedule.alpha[t]) * given)).toBeLessThan(
          5 * Math.sqrt(noise / 5000) + 1e-5,
        );
        expect(Math.abs(variance.dataSync()[0] - noise)).toBeLessThan(5 * noise * Math.sqrt(2 / 5000) + 1e-5);
      },
    });
  });

  test("a denoiser that knows the answer gives it", async () => {
    const point = tf.tensor2d([[given, 0.25]]);
    const x = tf.tensor2d([[given, NaN]]);
    const result = await repaint(() => point, x, firstKnown(), linearSchedule(20), { seed: 1 });
    expect(values(result)[1]).toBeCloseTo(0.25, 5);
  });
});

describe("repaintPath", () => {
  test("is algorithm 1 with a jump of 1", () => {
    const expected = [0];
    for (let t = 4; t >= 1; t--) {
      for (let u = 1; u <= 3; u++) {
        expected.push(4 - t + 1);
        if (u < 3 && t > 1) expected.push(4 - t);
        else break;
      }
    }
    expect(repaintPath(4, { jump: 1, resamplings: 3 })).toEqual(expected);
  });

  test("is the schedule of the paper's figure and code, whose times are one less", () => {
    // get_schedule_jump of the authors' code, without its last -1.
    const theirs = (steps: number, jump: number, resamplings: number): number[] => {
      const left = new Map<number, number>();
      for (let j = 0; j < steps - jump; j += jump) left.set(j, resamplings - 1);
      const times: number[] = [];
      let t = steps;
      while (t >= 1) {
        times.push(--t);
        const more = left.get(t) ?? 0;
        if (more === 0) continue;
        left.set(t, more - 1);
        for (let k = 0; k < jump; k++) times.push(++t);
      }
      return times;
    };
    for (const [steps, jump, resamplings] of [
      [250, 10, 10],
      [23, 5, 3],
      [7, 2, 2],
    ]) {
      const fine = repaintPath(steps, { jump, resamplings }).flatMap((place, move, path) => {
        const before = path[move - 1] ?? place;
        // A way back at once stands for its single steps.
        return place > before || move === 0
          ? [place]
          : Array.from({ length: jump }, (_, k) => before - 1 - k);
      });
      expect(fine.map((place) => steps - 1 - place).slice(0, -1)).toEqual(theirs(steps, jump, resamplings));
    }
  });

  test("goes straight on without resampling, and by default jumps a twenty-fifth, ten times", () => {
    expect(repaintPath(3, { resamplings: 1 })).toEqual([0, 1, 2, 3]);
    expect(repaintPath(1)).toEqual([0, 1]);
    expect(repaintPath(250)).toEqual(repaintPath(250, { jump: 10, resamplings: 10 }));
  });

  test.each([
    [0, {}, "steps is 0"],
    [5, { jump: 0 }, "jump is 0; use a whole number from 1 to 4"],
    [5, { jump: 5 }, "jump is 5; use a whole number from 1 to 4"],
    [5, { resamplings: 0 }, "resamplings is 0; use a whole number of 1 or more"],
    [5, { resamplings: 1.5 }, "resamplings is 1.5"],
  ])("refuses %d steps with %j", (steps, travel, message) => {
    expect(() => repaintPath(steps, travel)).toThrow(message);
  });
});

const schedule = linearSchedule(20);
const shrink: Denoiser = (z, t) => z.mul(Math.sqrt(schedule.alpha[t]));

describe("pictures", () => {
  const x = (): tf.Tensor4D => randomNormal<tf.Rank.R4>([2, 4, 5, 3], 9);
  const columns = (): tf.Tensor => tf.tensor3d([1, 1, 0, 0, 1], [1, 5, 1]);

  test("the known part is x, to the bit; the other one is new", async () => {
    const picture = x();
    const bits = (tensor: tf.Tensor): Int32Array => new Int32Array(tensor.dataSync().slice().buffer);
    const [before, after] = [
      bits(picture),
      bits(await repaint(shrink, picture, columns(), schedule, { seed: 1 })),
    ];
    before.forEach((value, i) => {
      const column = Math.floor(i / 3) % 5;
      expect(after[i] === value).toBe(column < 2 || column === 4);
    });
  });

  test("a mask of ones gives x, one of zeros a sample that knows nothing of x", async () => {
    const picture = x();
    const options = { seed: 1, resamplings: 2 };
    expect(values(await repaint(shrink, picture, tf.ones([1]), schedule, options))).toEqual(values(picture));
    const [free, other] = [picture, picture.mul(100)].map((start) =>
      repaint(shrink, start, tf.zeros([1]), schedule, options),
    );
    expect(values(await free)).toEqual(values(await other));
  });

  test("times that begin later keep something of what was there", async () => {
    const far = tf.fill([2, 4, 5, 3], 1000);
    const result = await repaint(shrink, far, columns(), schedule, {
      seed: 1,
      times: [10, 5, 0],
      resamplings: 1,
    });
    expect(result.min().dataSync()[0]).toBeGreaterThan(20);
  });

  test("the sampler makes the steps", async () => {
    const made: (readonly number[])[] = [];
    await repaint(shrink, x(), columns(), schedule, {
      times: [20, 12, 3, 0],
      jump: 1,
      resamplings: 2,
      sampler: (denoise, z, schedule, options) => {
        made.push(options!.times!);
        return ancestral(denoise, z, schedule, options);
      },
    });
    const [first, second, third] = [
      [20, 12],
      [12, 3],
      [3, 0],
    ];
    expect(made).toEqual([first, first, second, second, third]);
  });

  test("each move has noise of its own, and the same seed gives the same", async () => {
    const noises: number[] = [];
    const draw = async (seed?: number): Promise<number[]> =>
      values(
        await repaint(shrink, x(), columns(), schedule, {
          ...(seed !== undefined && { seed }),
          resamplings: 2,
          jump: 1,
          sampler: (denoise, z, schedule, options) => {
            noises.push(...values(z).slice(0, 1), values(randomNormal([1], options!.seed))[0]);
            return ddim(denoise, z, schedule, { ...options, eta: 1 });
          },
        }),
      );
    const first = await draw(4);
    expect(new Set(noises).size).toBe(noises.length);
    expect(await draw(4)).toEqual(first);
    expect(await draw(5)).not.toEqual(first);
    setSeed(1);
    const streamed = await draw();
    expect(await draw()).not.toEqual(streamed);
    setSeed(1);
    expect(await draw()).toEqual(streamed);
  });

  test("the callback sees each step towards the data, with the known part in its place, and is awaited", async () => {
    const seen: { step: number; steps: number; t: number; shape: number[] }[] = [];
    let last: number[] = [];
    let waiting = 0;
    const result = await repaint(shrink, x(), columns(), schedule, {
      times: [20, 10, 5, 0],
      jump: 1,
      resamplings: 2,
      callback: async ({ step, steps, t, z, guess }) => {
        expect(waiting++).toBe(0);
        await new Promise((resolve) => setTimeout(resolve, 1));
        waiting--;
        last = values(z);
        seen.push({ step, steps, t, shape: guess.shape });
      },
    });
    expect(seen.map(({ step, t }) => [step, t])).toEqual([
      [1, 10],
      [2, 10],
      [3, 5],
      [4, 5],
      [5, 0],
    ]);
    expect(seen.every(({ steps, shape }) => steps === 5 && shape.join() === "2,4,5,3")).toBe(true);
    expect(last).toEqual(values(result));
  });

  test("keeps no tensor but its result; nor after an error", async () => {
    const [picture, mask] = [x(), columns()];
    const before = tf.memory().numTensors;
    const result = await repaint(shrink, picture, mask, schedule, { seed: 1 });
    expect(tf.memory().numTensors).toBe(before + 1);
    result.dispose();
    const callback = (): Promise<void> => Promise.reject(new Error("no picture"));
    await expect(repaint(shrink, picture, mask, schedule, { callback })).rejects.toThrow("no picture");
    const failing: Denoiser = (z, t) => {
      if (t < 15) throw new Error("no more");
      return z.mul(0.5);
    };
    await expect(repaint(failing, picture, mask, schedule)).rejects.toThrow("no more");
    expect(tf.memory().numTensors).toBe(before);
    expect([picture.isDisposed, mask.isDisposed]).toEqual([false, false]);
  });

  test(
    "an interrupt of the cell ends it after the step, and frees all",
    withHost(async (host) => {
      const [picture, mask] = [x(), columns()];
      const before = tf.memory().numTensors;
      const seen: number[] = [];
      const callback = ({ step }: { step: number }): void => {
        seen.push(step);
        if (step === 3) host.interrupt();
      };
      await expect(repaint(shrink, picture, mask, schedule, { callback })).rejects.toThrow(InterruptedError);
      expect(seen).toEqual([1, 2, 3]);
      expect(tf.memory().numTensors).toBe(before);
    }),
  );

  test("the mask comes to the host once, x never", async () => {
    const [picture, mask] = [x(), columns()];
    const reads = [jest.spyOn(mask, "data"), jest.spyOn(picture, "data"), jest.spyOn(picture, "dataSync")];
    await repaint(shrink, picture, mask, schedule, { seed: 1 });
    expect(reads.map((read) => read.mock.calls.length)).toEqual([1, 0, 0]);
  });
});

describe("bad arguments are named", () => {
  const picture = tf.zeros([2, 4, 5, 3]);
  test.each([
    [
      [4, 5, 2],
      "mask has the shape [4, 5, 2], which does not spread over x; use [2, 4, 5, 3], or 1 in place of",
    ],
    [[2, 4, 5], "mask has the shape [2, 4, 5], which does not"],
    [[1, 2, 4, 5, 3], "mask has the shape [1, 2, 4, 5, 3], which does not"],
  ])("a mask of the shape %j", async (shape, message) => {
    await expect(repaint(shrink, picture, tf.ones(shape), schedule)).rejects.toThrow(message);
  });

  test.each([0.5, -1, 2, NaN])("a mask that holds %d", async (value) => {
    const mask = tf.tensor3d([1, 0, value, 1, 1], [1, 5, 1]);
    await expect(repaint(shrink, picture, mask, schedule)).rejects.toThrow(
      `mask holds ${value}; use 1 where x is known and 0 where it is to be made`,
    );
  });

  test("types, times, jumps and the denoiser's shape", async () => {
    const mask = tf.ones([1]);
    const run = (x: tf.Tensor, options: RepaintOptions = {}, known = mask): Promise<tf.Tensor> =>
      repaint(shrink, x, known, schedule, options);
    await expect(run(picture, {}, mask.cast("bool"))).rejects.toThrow(
      "mask is a tensor of bool; use float32",
    );
    await expect(run(picture.cast("int32"))).rejects.toThrow("x is a tensor of int32; use float32");
    await expect(run(picture, { times: [20, 3, 4, 0] })).rejects.toThrow(
      "times[2] is 4, after 3; times must decrease",
    );
    await expect(run(picture, { times: [20] })).rejects.toThrow("times has 1 entries");
    await expect(run(picture, { times: [21, 0] })).rejects.toThrow(
      "times[0] is 21; use a whole number from 0 to 20",
    );
    await expect(run(picture, { jump: 20 })).rejects.toThrow("jump is 20; use a whole number from 1 to 19");
    await expect(repaint(() => mask, picture, mask, schedule)).rejects.toThrow(
      "The denoiser's result has the shape [1]; use [2, 4, 5, 3]",
    );
  });
});
