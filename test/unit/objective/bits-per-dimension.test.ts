import {
  bestDecoderVariance,
  betaVariance,
  bitsPerDimension,
  convertPrediction,
  cosineSchedule,
  denoiserOf,
  denoisingErrors,
  InterruptedError,
  levelValues,
  linearSchedule,
  logSnr,
  logLevelProbability,
  lowerBound,
  optimalVariance,
  posteriorVariance,
  scheduleFromBetas,
  scheduleFromLogSnr,
  tf,
  toBits,
  varianceTable,
  zeroTerminalSnr,
  type BitsOptions,
  type Prediction,
  type Predictor,
  type Schedule,
} from "diffusion";
import { uniformValues } from "../../../src/random/distributions";
import { normalCdf } from "../../../src/mixture/normal-cdf";
import { stratifiedError } from "../../../src/objective/stratified-error";
import { withHost } from "../notebook/fake-host";
import reference from "./bits-reference.json";
import { drawImages, drawLevels, entropy, exactBits, perfectPredictor } from "./discrete-data";

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const images = (pixels: ArrayLike<number>, levels: number, shape: number[]): tf.Tensor => {
  const values = levelValues(levels);
  return tf.tensor(
    Float32Array.from(pixels, (level) => values[level]),
    shape,
  );
};
/** Noise from far below the distance of two levels of 256 to far above the data. */
const wide = (steps: number): Schedule => scheduleFromLogSnr("wide", steps, (u) => 13 - 25 * u);
const short = scheduleFromBetas("short", reference.beta);
const fourLevels = [0.1, 0.2, 0.3, 0.4];
const neighbours = Array.from({ length: 256 }, (_, level) => [0.25, 0.75][level - 100] ?? 0);

describe("bits per dimension of data of which all is known", () => {
  test.each([
    ["four levels", fourLevels],
    ["two neighbours of 256 levels", neighbours],
  ])("come from above to the entropy as T grows: %s", async (_, probabilities) => {
    const best = entropy(probabilities);
    const gaps: number[] = [];
    for (const T of [50, 200, 1000]) {
      const schedule = wide(T);
      const exact = exactBits(probabilities, schedule, posteriorVariance, schedule.beta[1]);
      const predict = perfectPredictor(probabilities, schedule);
      const { bits, error, reconstruction } = await bitsPerDimension(
        predict,
        drawImages(probabilities, [300, 8, 8, 1], T),
        schedule,
        {
          predicts: "x",
          levels: probabilities.length,
          variance: posteriorVariance,
          // These data have all their terms in a narrow range of log SNR.
          probabilities: exact.spread.map((term) => term + 0.02 * mean(exact.spread)),
          seed: 1,
        },
      );
      expect(exact.bits).toBeGreaterThan(best);
      expect(error).toBeLessThan(0.03);
      expect(Math.abs(bits - exact.bits)).toBeLessThan(4 * error);
      expect(Math.abs(reconstruction - exact.reconstruction)).toBeLessThan(0.01);
      expect(bits).toBeGreaterThan(best - 4 * error);
      gaps.push(bits - best);
    }
    expect(gaps[1]).toBeLessThan(gaps[0] / 2);
    expect(gaps[2]).toBeLessThan(0.1);
  });

  test.each([1, 200, 255])("of a constant data set are 0, and never less: level %d", async (level) => {
    const schedule = cosineSchedule(1000);
    const x = images(new Uint16Array(20 * 9).fill(level), 256, [20, 9]);
    const predict: Predictor = (z) => tf.fill(z.shape, level / 127.5 - 1);
    const options = { predicts: "x", variance: posteriorVariance, seed: 1 } as const;
    const decoderVariance = await bestDecoderVariance(predict, x, schedule, options);
    const { bits, error } = await bitsPerDimension(predict, x, schedule, { ...options, decoderVariance });
    expect(bits).toBeGreaterThanOrEqual(0);
    expect(bits).toBeLessThan(1e-5);
    expect(error).toBeLessThan(1e-9);
    for (const variance of [betaVariance, posteriorVariance]) {
      const usual = await bitsPerDimension(predict, x, schedule, { ...options, variance });
      expect(usual.bits).toBeGreaterThan(0);
    }
    // With a density for a decoder they would be less.
    const errors = { squared: Array.from({ length: 1001 }, () => [0]), norms: [0], size: 1 };
    expect(lowerBound(errors, schedule, posteriorVariance).total).toBeGreaterThan(1);
  });
});

describe("the three parts", () => {
  const count = 3000;

  test.each(reference.bounds)(
    "for x̂ = $slope z + $shift + t/100, σ² from $variance, clip: $clip, $levels levels (bits-reference.py)",
    async ({ pixels, levels, variance, decoder, slope, shift, clip, ...parts }) => {
      const copies = Array.from({ length: count }, () => pixels).flat();
      const x = images(copies, levels, [count, 3, 2]);
      const predict: Predictor = (z, t) =>
        z.mul(slope).add(t.cast("float32").div(100).add(shift).reshape([-1, 1, 1]));
      const options: BitsOptions = {
        predicts: "x",
        levels,
        clip,
        variance: variance === "beta" ? betaVariance : posteriorVariance,
        ...(decoder !== null && { decoderVariance: decoder }),
        batch: 1000,
        seed: 3,
      };
      const expected = parts.prior + parts.diffusion + parts.reconstruction;
      for (const draws of ["all", 4] as const) {
        const found = await bitsPerDimension(predict, x, short, { ...options, draws });
        expect(found.prior).toBeCloseTo(parts.prior, 9);
        if (slope === 0) expect(found.reconstruction).toBeCloseTo(parts.reconstruction, 5);
        if (slope === 0 && draws === "all") expect(found.diffusion).toBeCloseTo(parts.diffusion, 5);
        // All images are the same here: what is left is noise.
        expect(found.error).toBeLessThan((draws === "all" ? 0.01 : 0.02) * expected);
        expect(Math.abs(found.bits - expected)).toBeLessThan(4 * found.error + 1e-5);
        expect(Math.abs(found.diffusion - parts.diffusion)).toBeLessThan(4 * found.error + 1e-5);
      }
    },
  );

  test("are the terms of lowerBound, but for the decoder", async () => {
    const schedule = linearSchedule(40);
    const x = drawImages(fourLevels, [300, 5], 2);
    const predict = perfectPredictor(fourLevels, schedule);
    const denoise = denoiserOf(predict, "x", schedule);
    const errors = await denoisingErrors(denoise, x, schedule, { seed: 5 });
    const variance = varianceTable(optimalVariance(errors, schedule).fill(0.2, 0, 2));
    const bound = lowerBound(errors, schedule, variance);
    const options: BitsOptions = { predicts: "x", levels: 4, variance, seed: 6 };
    const [all, some] = [
      await bitsPerDimension(predict, x, schedule, { ...options, draws: "all" }),
      await bitsPerDimension(predict, x, schedule, { ...options, draws: 3 }),
    ];
    const diffusion = toBits(bound.kl.reduce((sum, value) => sum + value)) / 5;
    for (const found of [all, some]) {
      expect(found.prior).toBeCloseTo(toBits(bound.prior) / 5, 5);
      expect(Math.abs(found.diffusion - diffusion)).toBeLessThan(4 * Math.hypot(found.error, all.error));
    }
    expect(some.error).toBeLessThan(0.05 * diffusion);
    // The decoder's width is the variance's at t = 1: it is wide, though x̂ leaves hardly a doubt.
    const pixels = await x.data<"float32">();
    const decoder = mean(
      Array.from(pixels, (value) =>
        logLevelProbability(Math.round(1.5 * (value + 1)), { mean: value, variance: 0.2 }, 4),
      ),
    );
    expect(all.reconstruction).toBeCloseTo(-toBits(decoder), 3);
  });

  test("add up, for each image and over the ranges of time", async () => {
    const schedule = zeroTerminalSnr(linearSchedule(60));
    const x = drawImages(fourLevels, [50, 3, 2], 4);
    const predict = perfectPredictor(fourLevels, schedule);
    for (const draws of [5, "all"] as const) {
      const found = await bitsPerDimension(predict, x, schedule, {
        predicts: "x",
        levels: 4,
        draws,
        ranges: 8,
      });
      const { bits, prior, diffusion, reconstruction, each, byTime } = found;
      expect(bits).toBeCloseTo(prior + diffusion + reconstruction, 12);
      expect(each.length).toBe(50);
      expect(mean(each)).toBeCloseTo(bits, 12);
      expect(byTime.reduce((sum, range) => sum + range.bits, 0)).toBeCloseTo(diffusion, 12);
      const heights = logSnr(schedule);
      const limits = byTime.flatMap(({ times }) => [times[0] - 1, times[1]]);
      expect([limits[0], limits.at(-1)]).toEqual([1, 60]);
      for (let i = 2; i < limits.length; i += 2) expect(limits[i]).toBe(limits[i - 1]);
      expect(byTime.flatMap((range) => range.logSnr)).toEqual(limits.map((t) => heights[t]));
      expect(byTime.length).toBeGreaterThan(4);
      expect(byTime.length).toBeLessThanOrEqual(8);
    }
  });

  test("by time: the bits are spent where the exact terms are", async () => {
    const schedule = wide(200);
    const exact = exactBits(fourLevels, schedule, posteriorVariance, 1);
    const found = await bitsPerDimension(
      perfectPredictor(fourLevels, schedule),
      drawImages(fourLevels, [400, 16], 4),
      schedule,
      {
        predicts: "x",
        levels: 4,
        variance: posteriorVariance,
        probabilities: exact.spread.map((term) => term + 0.02 * mean(exact.spread)),
        seed: 2,
      },
    );
    for (const { times, bits } of found.byTime) {
      const expected = exact.terms.slice(times[0], times[1] + 1).reduce((sum, term) => sum + term, 0);
      expect(Math.abs(bits - expected)).toBeLessThan(0.03);
    }
  });

  test("do not depend on what the network predicts, nor on the batch but for the noise", async () => {
    const schedule = linearSchedule(30);
    const x = drawImages(fourLevels, [70, 4], 4);
    const inner = perfectPredictor(fourLevels, schedule);
    const found = async (to: Prediction, batch: number): Promise<number> => {
      const predict: Predictor = (z, t) => {
        expect(z.shape[0]).toBeLessThanOrEqual(batch);
        return convertPrediction(inner(z, t), { from: "x", to, z, t, schedule });
      };
      const options = { predicts: to, levels: 4, batch, seed: 9, decoderVariance: 0.1 };
      return (await bitsPerDimension(predict, x, schedule, options)).bits;
    };
    const bits = await found("x", 32);
    for (const to of ["noise", "v", "flow"] as const) expect(await found(to, 32)).toBeCloseTo(bits, 3);
    expect(await found("x", 32)).toBe(bits);
    expect(await found("x", 500)).not.toBe(bits);
    expect(Math.abs((await found("x", 500)) - bits)).toBeLessThan(0.4);
  });

  test("one step, one image, one pixel: the bound is prior and decoder, and has no error that could be told", async () => {
    const schedule = scheduleFromBetas("one", [0.9]);
    const x = images([3], 8, [1]);
    const found = await bitsPerDimension((z) => tf.fill(z.shape, 0.2), x, schedule, {
      predicts: "x",
      levels: 8,
    });
    const decoder = -toBits(logLevelProbability(3, { mean: Math.fround(0.2), variance: 0.9 }, 8));
    expect(found.reconstruction).toBeCloseTo(decoder, 12);
    expect(found.diffusion).toBe(0);
    expect(found.byTime).toEqual([]);
    expect(found.bits).toBeCloseTo(decoder + found.prior, 12);
    expect(found.error).toBeNaN();
  });
});

describe("the error", () => {
  const schedule = linearSchedule(100);
  // Two kinds of images, so that the pixels of an image do depend on each other.
  const kinds = [
    [0.7, 0.1, 0.1, 0.1],
    [0.1, 0.3, 0.3, 0.3],
  ];
  const overall = [0.4, 0.2, 0.2, 0.2];
  const predict = perfectPredictor(overall, schedule);
  const count = 64;
  const drawKinds = (seed: number): tf.Tensor => {
    const parts = Array.from({ length: count }, (_, i) => {
      const [kind, ...rest] = uniformValues([seed, i], 17);
      return [...drawLevels(kinds[kind < 0.5 ? 0 : 1], Float32Array.from(rest))];
    });
    return images(parts.flat(), 4, [count, 16]);
  };

  test.each([
    ["usual", undefined],
    ["uniform", new Float64Array(101).fill(1)],
  ])("is what the bits are off by, over 80 seeds: %s probabilities of times", async (_, probabilities) => {
    const exact = exactBits(overall, schedule, betaVariance, schedule.beta[1]).bits;
    const scores: number[] = [];
    for (let seed = 0; seed < 80; seed++) {
      const x = drawKinds(seed);
      const { bits, error } = await bitsPerDimension(predict, x, schedule, {
        predicts: "x",
        levels: 4,
        draws: 2,
        ...(probabilities && { probabilities }),
        batch: 192,
        seed,
      });
      scores.push((bits - exact) / error);
      x.dispose();
    }
    const squares = mean(scores.map((score) => score ** 2));
    expect(Math.abs(mean(scores))).toBeLessThan(4 / Math.sqrt(80));
    expect(squares).toBeGreaterThan(0.6);
    expect(squares).toBeLessThan(1.45);
  });

  test("of stratified estimates leaves out what differs by the time, and nothing else", () => {
    const [images, rounds] = [400, 3];
    const uniform = uniformValues([1, 2], 8 * images);
    /** Of variance 1/12 each, for image i. */
    const random = (k: number) => (i: number) => uniform[k * images + i] - 0.5;
    const ranks = Int32Array.from(
      { length: rounds * images },
      (_, j) => ((j % images) * 37 + 11 * Math.floor(j / images)) % images,
    );
    const rest = Float64Array.from({ length: images }, (_, i) => 3 * random(0)(i));
    const estimates = Float64Array.from(ranks, (rank, j) => {
      const [k, i] = [Math.floor(j / images), j % images];
      return 2 * random(0)(i) + random(1 + k)(i) + 40 * Math.sin(k + rank / images);
    });
    // An image's own part counts in the rest and in all rounds.
    const variance = (9 ** 2 + rounds) / 12;
    const error = stratifiedError(rest, estimates, { ranks });
    expect(error / Math.sqrt(variance / images)).toBeGreaterThan(0.93);
    expect(error / Math.sqrt(variance / images)).toBeLessThan(1.12);
    expect(stratifiedError(rest, estimates, { ranks: undefined })).toBeGreaterThan(2 * error);
    const few = stratifiedError(Float64Array.of(1, 2, 6), new Float64Array(0), { ranks: undefined });
    expect(few).toBeCloseTo(Math.sqrt(7 / 3), 12);
  });
});

describe("bestDecoderVariance", () => {
  const schedule = linearSchedule(20);

  test("is that of the pixels about x̂, and no other costs fewer bits", async () => {
    const [center, deviation] = [0.1, 0.05];
    const probabilities = Array.from(levelValues(256), (value) => {
      const edge = (shift: number): number => normalCdf((value + shift / 255 - center) / deviation);
      return edge(1) - edge(-1);
    });
    const x = drawImages(probabilities, [40, 10, 10], 1);
    const predict: Predictor = (z) => tf.fill(z.shape, center);
    const best = await bestDecoderVariance(predict, x, schedule, { predicts: "x", batch: 16 });
    expect(Math.abs(Math.sqrt(best) / deviation - 1)).toBeLessThan(0.04);
    const bits = async (decoderVariance: number): Promise<number> => {
      const options = { predicts: "x", decoderVariance, draws: 1, batch: 40 } as const;
      return (await bitsPerDimension(predict, x, schedule, options)).reconstruction;
    };
    const least = await bits(best);
    for (const factor of [0.9, 0.98, 1.02, 1.1]) expect(await bits(factor * best)).toBeGreaterThan(least);
    expect(Math.abs(least - entropy(probabilities))).toBeLessThan(0.05);
  });

  test("is next to nothing where x̂ is always right, and large where it knows nothing", async () => {
    const x = images([0, 1, 2, 3], 4, [4, 1]);
    const rounded: Predictor = (z) => tf.round(z.add(1).mul(1.5)).div(1.5).sub(1);
    const sharp = scheduleFromBetas("sharp", [1e-4, 0.5]);
    const options = { predicts: "x", levels: 4 } as const;
    const right = await bestDecoderVariance(rounded, x, sharp, options);
    expect(right).toBeLessThan(0.01);
    const found = await bitsPerDimension(rounded, x, sharp, { ...options, decoderVariance: right });
    expect(found.reconstruction).toBeLessThan(1e-9);
    const wrong: Predictor = (z, t) => rounded(z, t).neg();
    expect(await bestDecoderVariance(wrong, x, sharp, options)).toBeGreaterThan(1);
  });
});

describe("the work", () => {
  const x = images([0, 1, 2, 3, 2, 1, 0, 3, 3, 2, 1, 0, 0, 3], 4, [7, 2]);

  test("is one call for each image's decoder and each draw, in batches that are told and awaited", async () => {
    const asked: number[][] = [];
    const seen: { step: number; steps: number }[] = [];
    const predict: Predictor = (z, t) => {
      expect(t.dtype).toBe("int32");
      asked.push([...t.dataSync()]);
      expect(t.shape).toEqual([z.shape[0]]);
      return z;
    };
    const before = tf.memory().numTensors;
    await bitsPerDimension(predict, x, short, {
      levels: 4,
      draws: 3,
      batch: 10,
      callback: async (state) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        seen.push(state);
      },
    });
    expect(asked.map(({ length }) => length)).toEqual([10, 10, 8]);
    expect(asked.flat().slice(0, 7)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(new Set(asked.flat().slice(7))).toEqual(new Set([2, 3, 4, 5]));
    expect(seen).toEqual([1, 2, 3].map((step) => ({ step, steps: 3 })));
    asked.length = 0;
    await bestDecoderVariance(predict, x, short, { levels: 4 });
    expect(asked).toEqual([[1, 1, 1, 1, 1, 1, 1]]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("each latent is drawn from the kernel of its own image and time, with noise of its own", async () => {
    const size = 40;
    const data = drawImages(fourLevels, [30, size], 8);
    const rows = (await data.reshape([30, size]).array()) as number[][];
    const noises: number[] = [];
    const predict: Predictor = (z, t) => {
      const times = [...t.dataSync<"int32">()];
      (z.arraySync() as number[][]).forEach((latent, i) => {
        const { [times[i]]: alpha } = short.alpha;
        // Of one image only: for another its noise would be far from N(0, 1).
        const point = (noises.length / size) % 30;
        noises.push(
          ...latent.map((value, d) => (value - Math.sqrt(alpha) * rows[point][d]) / Math.sqrt(1 - alpha)),
        );
      });
      return z;
    };
    await bitsPerDimension(predict, data, short, { levels: 4, draws: 9, batch: 31, seed: 1 });
    const count = noises.length;
    expect(count).toBe(30 * 10 * size);
    expect(new Set(noises.map((noise) => noise.toFixed(3))).size).toBeGreaterThan(3000);
    expect(Math.abs(mean(noises))).toBeLessThan(4 / Math.sqrt(count));
    expect(Math.abs(mean(noises.map((noise) => noise ** 2)) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    for (const lag of [size, 30 * size, 31 * size]) {
      const products = noises.slice(lag).map((noise, i) => noise * noises[i]);
      expect(Math.abs(mean(products))).toBeLessThan(4 / Math.sqrt(products.length));
    }
  });

  test(
    "ends by an interrupt of the cell",
    withHost(async (host) => {
      const before = tf.memory().numTensors;
      const seen: number[] = [];
      const work = bitsPerDimension((z) => z, x, short, {
        levels: 4,
        batch: 5,
        callback: ({ step }) => {
          seen.push(step);
          if (step === 2) host.interrupt();
        },
      });
      await expect(work).rejects.toThrow(InterruptedError);
      expect(seen).toEqual([1, 2]);
      expect(tf.memory().numTensors).toBe(before);
    }),
  );

  test("pixels between the levels are named, and so is all else that does not fit", async () => {
    const bits = (
      data: tf.Tensor,
      options: BitsOptions = {},
      predict: Predictor = (z) => z,
    ): Promise<unknown> => bitsPerDimension(predict, data, short, options);
    const rounded = tf.tensor([-1, -0.992, 1, 0.004], [2, 1, 2]); // bytes/255 as three decimals
    await expect(bits(rounded)).rejects.toThrow(
      /x\[0, 0, 1\] is -0.99199.*none of the 256 levels.*requantize/,
    );
    await expect(bits(tf.tensor1d([1, 1 + 2 / 255]))).rejects.toThrow("x[1] is 1.007");
    await expect(bits(tf.tensor1d([-1 - 2 / 255]))).rejects.toThrow("x[0] is -1.007");
    await expect(bits(tf.tensor1d([NaN]))).rejects.toThrow("x[0] is NaN");
    await expect(bits(tf.zeros([0, 2]))).rejects.toThrow("the number of images is 0");
    await expect(bits(tf.ones([1, 2]).cast("int32"))).rejects.toThrow("use float32");
    await expect(bits(x, { levels: 4, draws: 0 })).rejects.toThrow("draws is 0");
    await expect(bits(x, { levels: 4, batch: 0 })).rejects.toThrow("batch is 0");
    await expect(bits(x, { levels: 4, ranges: 0 })).rejects.toThrow("ranges is 0");
    await expect(bits(x, { levels: 1 })).rejects.toThrow("levels is 1");
    await expect(bits(x, { levels: 4, decoderVariance: 0 })).rejects.toThrow("decoderVariance is 0");
    await expect(bits(x, { levels: 4, probabilities: [1] })).rejects.toThrow(
      "probabilities has the length 1",
    );
    const before = tf.memory().numTensors;
    await expect(bits(x, { levels: 4, batch: 7 }, (z) => z.mul(NaN))).rejects.toThrow(
      "The network's x̂ for point 0 at t = 1 has NaN",
    );
    await expect(bits(x, { levels: 4 }, (z) => z.sum(1))).rejects.toThrow(
      "The network's result has the shape",
    );
    await expect(bestDecoderVariance((z) => z, rounded, short)).rejects.toThrow("x[0, 0, 1] is -0.99199");
    expect(tf.memory().numTensors).toBe(before);
  });

  test("all 256 levels are accepted as float32 makes them of bytes, in more than one way", async () => {
    const bytes = tf.range(0, 256);
    const schedule = scheduleFromBetas("one", [0.9]);
    const ways = [
      bytes.div(127.5).sub(1),
      bytes.sub(127.5).div(127.5),
      bytes.div(255).mul(2).sub(1),
      tf.tensor1d(Float32Array.from({ length: 256 }, (_, level) => level / 127.5 - 1)),
    ];
    for (const way of ways) {
      const { each } = await bitsPerDimension((z) => z.mul(0), way, schedule, { predicts: "x", batch: 300 });
      each.forEach((bits, level) => {
        const log = logLevelProbability(level, { mean: 0, variance: 0.9 });
        expect(bits).toBeGreaterThanOrEqual(-toBits(log));
        expect(bits).toBeLessThan(-toBits(log) + 0.12); // the prior
      });
    }
  });
});
