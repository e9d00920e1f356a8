import {
  ancestral,
  bookMixture,
  ddim,
  dpmSolver,
  exactDenoiser,
  imageToImage,
  InterruptedError,
  inversionWeights,
  invert,
  linearSchedule,
  planeMixture,
  randomNormal,
  samplingTimes,
  scheduleFromBetas,
  setSeed,
  slerp,
  tf,
  zeroTerminalSnr,
  type Denoiser,
} from "diffusion";
import { withHost } from "../notebook/fake-host";

const schedule = linearSchedule(1000);
const denoise = exactDenoiser(bookMixture, schedule);
const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const data = (count: number): tf.Tensor => tf.tensor1d([...bookMixture.sample(count, 3)]);
const largestGap = (a: tf.Tensor, b: tf.Tensor): number => a.sub(b).abs().max().dataSync()[0];
const meanGap = (a: tf.Tensor, b: tf.Tensor): number => a.sub(b).abs().mean().dataSync()[0];

describe("imageToImage", () => {
  const times = samplingTimes(schedule, 50);

  test("stays as near to x as the noise of its time leaves it, from the data themselves to nothing of them", async () => {
    const x = data(2000);
    const distances: number[] = [];
    for (const strength of [0, 0.02, 0.1, 0.3, 0.6, 1]) {
      const result = await imageToImage(denoise, x, schedule, { strength, times, seed: 1 });
      distances.push(meanGap(result, x));
    }
    expect(distances[0]).toBe(0);
    distances.slice(1).forEach((distance, i) => {
      expect(distance).toBeGreaterThan(distances[i]);
    });
    expect(distances[1]).toBeLessThan(0.07);
    // Two independent draws of the data are this far apart.
    const unrelated = meanGap(x, tf.tensor1d([...bookMixture.sample(2000, 4)]));
    expect(Math.abs(distances[5] / unrelated - 1)).toBeLessThan(0.1);
  });

  test("from T it is plain sampling, to the bit where nothing of x is left", async () => {
    const blank = zeroTerminalSnr(linearSchedule(100));
    const exact = exactDenoiser(bookMixture, blank);
    const draw = (x: tf.Tensor): Promise<tf.Tensor> =>
      imageToImage(exact, x, blank, { strength: 1, seed: 1, sampler: ancestral });
    const begun: number[][] = [];
    const peek: Denoiser = (z, t) => {
      if (t === 100) begun.push(values(z));
      return exact(z, t);
    };
    const result = await imageToImage(peek, tf.ones([5]), blank, {
      strength: 1,
      seed: 1,
      sampler: ancestral,
    });
    expect(values(await draw(tf.fill([5], -3)))).toEqual(values(result));
    expect(values(await ancestral(exact, tf.tensor1d(begun[0]), blank, { seed: 1 }))).toEqual(values(result));
  });

  test("samples of the data stay samples of the data, at any strength", async () => {
    const x = data(5000);
    for (const strength of [0.2, 0.5, 0.8]) {
      const result = await imageToImage(denoise, x, schedule, { strength, seed: 2, sampler: ancestral });
      const { mean, variance } = tf.moments(result);
      expect(Math.abs(mean.dataSync()[0] - bookMixture.mean)).toBeLessThan(
        5 * Math.sqrt(bookMixture.variance / 5000),
      );
      expect(Math.abs(variance.dataSync()[0] / bookMixture.variance - 1)).toBeLessThan(0.1);
    }
  });

  test("begins at the first of the times that is not above its share of T, with any sampler", async () => {
    const uneven = linearSchedule(100);
    const seen: (readonly number[])[] = [];
    const run = (strength: number, times?: number[]): Promise<tf.Tensor> =>
      imageToImage((z) => z.mul(0.5), tf.ones([2]), uneven, {
        strength,
        ...(times && { times }),
        sampler: (denoise, z, schedule, options) => {
          seen.push(options!.times!);
          return dpmSolver(denoise, z, schedule, options);
        },
      });
    await run(0.29);
    await run(0.5, [100, 60, 50, 20, 0]);
    await run(0.49, [100, 60, 50, 20, 0]);
    await run(0.1, [100, 60, 50, 20, 0]);
    expect(seen[0]).toEqual(Array.from({ length: 30 }, (_, i) => 29 - i));
    expect(seen.slice(1)).toEqual([
      [50, 20, 0],
      [20, 0],
    ]);
  });

  test("keeps no tensor but its result, passes the callback on, and repeats with its seed", async () => {
    const x = data(10);
    const run = (seed?: number): Promise<tf.Tensor> =>
      imageToImage(denoise, x, schedule, { strength: 0.5, times, ...(seed !== undefined && { seed }) });
    const before = tf.memory().numTensors;
    const result = await run(1);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(values(await run(1))).toEqual(values(result));
    expect(values(await run(2))).not.toEqual(values(result));
    setSeed(1);
    const first = values(await run());
    setSeed(1);
    expect(values(await run())).toEqual(first);
    const callback = (): never => {
      throw new Error("seen");
    };
    const kept = tf.memory().numTensors;
    await expect(imageToImage(denoise, x, schedule, { strength: 0.5, callback })).rejects.toThrow("seen");
    expect(tf.memory().numTensors).toBe(kept);
  });

  test("bad arguments are named", async () => {
    const run = (strength: number, times?: number[]): Promise<tf.Tensor> =>
      imageToImage(denoise, data(3), schedule, { strength, ...(times && { times }) });
    await expect(run(1.2)).rejects.toThrow("strength is 1.2; use a finite number from 0 to 1");
    await expect(run(NaN)).rejects.toThrow("strength is NaN");
    await expect(run(0.5, [10, 20, 0])).rejects.toThrow("times[1] is 20, after 10");
    await expect(imageToImage(denoise, tf.zeros([3], "int32"), schedule, { strength: 1 })).rejects.toThrow(
      "x is a tensor of int32; use float32",
    );
  });
});

describe("invert", () => {
  const roundTrip = async (steps: number): Promise<number> => {
    const x = data(500);
    const times = samplingTimes(schedule, steps, "karras");
    const z = await invert(denoise, x, schedule, { times });
    return meanGap(await ddim(denoise, z, schedule, { times }), x);
  };

  test("sampling from it gives x again, but for an error of first order", async () => {
    const errors = [await roundTrip(25), await roundTrip(50), await roundTrip(100), await roundTrip(200)];
    expect(errors[3]).toBeLessThan(0.03);
    for (const i of [1, 2, 3]) {
      expect(errors[i - 1] / errors[i]).toBeGreaterThan(1.6);
      expect(errors[i - 1] / errors[i]).toBeLessThan(2.6);
    }
  });

  test("of normal data is the normal number of the same rank", async () => {
    const normal = planeMixture({ means: [[1, -2]], deviations: [[0.5, 2]] });
    const x = tf.tensor2d([
      [1.5, 0],
      [1, -4],
      [0.25, -2],
    ]);
    const z = await invert(exactDenoiser(normal, schedule), x, schedule);
    const end = schedule.alpha[1000];
    const expected = [
      [1, 1],
      [0, -1],
      [-1.5, 0],
    ].flatMap((ranks) =>
      ranks.map((rank, k) => {
        const deviation = Math.sqrt(end * [0.25, 4][k] + 1 - end);
        return Math.sqrt(end) * [1, -2][k] + deviation * rank;
      }),
    );
    values(z).forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThan(0.02);
    });
  });

  test("its weights undo those of a step of ddim that has the same guess", () => {
    const uneven = scheduleFromBetas("uneven", [0.02, 0.3, 0.05, 0.5, 0.1]);
    const alpha = uneven.alpha;
    for (const [s, t] of [
      [1, 2],
      [1, 5],
      [3, 4],
    ]) {
      const up = inversionWeights(s, t, uneven);
      // With the guess x, noise ε stays what it is.
      const [x, noise] = [0.7, -1.3];
      const z = Math.sqrt(alpha[s]) * x + Math.sqrt(1 - alpha[s]) * noise;
      expect(up.z * z + up.x * x).toBeCloseTo(Math.sqrt(alpha[t]) * x + Math.sqrt(1 - alpha[t]) * noise, 12);
    }
    expect(inversionWeights(0, 3, uneven)).toEqual({ z: Math.sqrt(alpha[3]), x: 0 });
    expect(() => inversionWeights(2, 2, uneven)).toThrow("s is 2; use a whole number from 0 to 1");
    expect(() => inversionWeights(0, 6, uneven)).toThrow("t is 6; use a whole number from 1 to 5");
  });

  test("goes through the times from the last, tells where it is, and keeps no tensor but its result", async () => {
    const x = data(4);
    const before = tf.memory().numTensors;
    const calls: number[] = [];
    const recording: Denoiser = (z, t) => {
      calls.push(t);
      return denoise(z, t);
    };
    const seen: number[][] = [];
    let last: number[] = [];
    const z = await invert(recording, x, schedule, {
      times: [900, 400, 50, 0],
      callback: ({ step, steps, t, z, guess }) => {
        seen.push([step, steps, t, guess.size]);
        last = values(z);
      },
    });
    expect(calls).toEqual([50, 400]);
    expect(seen).toEqual([
      [1, 3, 50, 4],
      [2, 3, 400, 4],
      [3, 3, 900, 4],
    ]);
    expect(values(z)).toEqual(last);
    expect(tf.memory().numTensors).toBe(before + 1);
    const same: Denoiser = (z) => z;
    tf.dispose(await invert(same, x, schedule, { times: [900, 400, 50, 0] }));
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(x.isDisposed).toBe(false);
  });

  test(
    "an interrupt of the cell ends it, and frees all",
    withHost(async (host) => {
      const x = data(4);
      const before = tf.memory().numTensors;
      const callback = ({ step }: { step: number }): void => {
        if (step === 3) host.interrupt();
      };
      await expect(invert(denoise, x, schedule, { callback })).rejects.toThrow(InterruptedError);
      expect(tf.memory().numTensors).toBe(before);
    }),
  );

  test("bad arguments are named", async () => {
    await expect(invert(denoise, data(2), schedule, { times: [0, 10] })).rejects.toThrow(
      "times must decrease",
    );
    await expect(invert(denoise, tf.zeros([2], "int32"), schedule)).rejects.toThrow("x is a tensor of int32");
    await expect(invert(() => tf.zeros([3]), data(2), schedule)).rejects.toThrow(
      "The denoiser's result has the shape [3]; use [2]",
    );
  });
});

describe("slerp", () => {
  test("moves along the arc at an even pace", () => {
    const angle = 2.1;
    const a = tf.tensor2d([
      [3, 0],
      [0, 1],
    ]);
    const b = tf.tensor2d([
      [3 * Math.cos(angle), 3 * Math.sin(angle)],
      [-1, 0],
    ]);
    for (const share of [0, 0.25, 0.5, 1]) {
      const found = values(slerp(a, b, share));
      const expected = [
        3 * Math.cos(share * angle),
        3 * Math.sin(share * angle),
        -Math.sin((share * Math.PI) / 2),
        Math.cos((share * Math.PI) / 2),
      ];
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 5);
      });
    }
  });

  test("keeps noise as long as noise is, which the straight line does not", () => {
    const [a, b] = [1, 2].map((seed) => randomNormal<tf.Rank.R4>([50, 16, 16, 3], seed));
    const variance = (z: tf.Tensor): number => z.square().mean().dataSync()[0];
    for (const share of [0.1, 0.3, 0.5, 0.9]) {
      // 5 standard errors of a variance of 38,400 normal numbers.
      expect(Math.abs(variance(slerp(a, b, share)) - 1)).toBeLessThan(5 * Math.sqrt(2 / a.size));
    }
    expect(variance(a.add(b).mul(0.5))).toBeLessThan(0.55);
  });

  test.each([1e-2, 1e-4, 1e-6, 0])("is the straight line for latents %d apart", (apart) => {
    const a = randomNormal<tf.Rank.R2>([3, 100], 1);
    const b = a.add<tf.Tensor2D>(randomNormal<tf.Rank.R2>([3, 100], 2).mul(apart));
    const found = slerp(a, b, 0.3);
    expect(largestGap(found, a.mul(0.7).add(b.mul(0.3)))).toBeLessThan(apart ** 2 + 1e-6);
  });

  test("opposite latents, and those of length 0, give numbers", () => {
    const a = tf.tensor2d([
      [1, 2],
      [0, 0],
      [0, 0],
    ]);
    const b = tf.tensor2d([
      [-1, -2],
      [2, 0],
      [0, 0],
    ]);
    expect(values(slerp(a, b, 0.25)).every(Number.isFinite)).toBe(true);
    expect(values(slerp(a, b, 1)).slice(2)).toEqual([2, 0, 0, 0]);
  });

  test("keeps no tensor but its result, and names bad arguments", () => {
    const [a, b] = [tf.ones([2, 3]), tf.zeros([2, 3])];
    const before = tf.memory().numTensors;
    slerp(a, b, 0.5);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(() => slerp(a, tf.zeros([3, 2]), 0.5)).toThrow("b has the shape [3, 2]; use [2, 3]");
    expect(() => slerp(a, b, 1.5)).toThrow("share is 1.5; use a finite number from 0 to 1");
    expect(() => slerp(a, b.cast("int32"), 0.5)).toThrow("b is a tensor of int32; use float32");
    expect(() => slerp(tf.ones([2]), tf.ones([2]), 0.5)).toThrow(
      "a.rank is 1; use a whole number of 2 or more",
    );
  });
});
