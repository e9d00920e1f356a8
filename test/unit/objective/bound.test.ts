import {
  betaVariance,
  bookMixture,
  boundWeighting,
  conversionWeights,
  cosineSchedule,
  denoisingErrors,
  exactDenoiser,
  exactErrors,
  gaussianMixture,
  InterruptedError,
  klWeights,
  linearSchedule,
  lowerBound,
  meanLogDensity,
  minSnrWeighting,
  optimalVariance,
  posteriorVariance,
  priorWeights,
  randomNormal,
  reconstructionWeights,
  scheduleFromBetas,
  simpleWeighting,
  snrWeighting,
  tf,
  toBits,
  varianceBetween,
  varianceTable,
  zeroTerminalSnr,
  type Denoiser,
  type DenoisingErrors,
  type ReverseVariance,
  type Schedule,
} from "diffusion";
import { normalValues } from "../../../src/random/distributions";
import { withHost } from "../notebook/fake-host";
import reference from "./reference.json";

// β differs much from step to step, so that an index that is off by one shows.
const uneven = scheduleFromBetas("uneven", [0.02, 0.3, 0.05, 0.5, 0.1]);
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Errors that no denoiser need have made. */
const invented: DenoisingErrors = {
  squared: [[], [0.2, 0.1, 0], [1, 0.5, 0.3], [0.7, 2, 0.9], [3, 1.5, 0.2], [4, 2, 1]],
  norms: [2, 0.5, 7],
  size: 2,
};

/** The bound's terms for one point, from the textbook: the densities' means and variances by adding up precisions, and the
 * divergences of normal distributions in D dimensions. */
function byHand(
  { squared, norms, size }: DenoisingErrors,
  point: number,
  variances: readonly number[],
  { steps, beta }: Schedule,
): { reconstruction: number; kl: number[]; prior: number } {
  const kept = [1];
  for (let t = 1; t <= steps; t++) kept[t] = kept[t - 1] * (1 - beta[t]);
  const kl = [0, 0];
  for (let t = 2; t <= steps; t++) {
    const precision = 1 / (1 - kept[t - 1]) + (1 - beta[t]) / beta[t];
    const onData = Math.sqrt(kept[t - 1]) / (1 - kept[t - 1]) / precision;
    const away = onData ** 2 * squared[t][point];
    kl[t] =
      0.5 * (size * Math.log(variances[t] * precision) + (size / precision + away) / variances[t] - size);
  }
  const reconstruction =
    -0.5 * (size * Math.log(2 * Math.PI * variances[1]) + squared[1][point] / variances[1]);
  const last = 1 - kept[steps];
  const prior = 0.5 * (size * (last - 1 - Math.log(last)) + kept[steps] * norms[point]);
  return { reconstruction, kl, prior };
}

describe("lowerBound", () => {
  const table = [NaN, 0.3, 0.2, 0.04, 0.6, 0.08];
  test.each<[string, ReverseVariance, readonly number[]]>([
    ["β", betaVariance, [...uneven.beta]],
    ["a table", varianceTable(table), table],
    [
      "β̃, and β at t = 1",
      posteriorVariance,
      [0, 1, 2, 3, 4, 5].map((t) => (t < 2 ? 0.02 : posteriorVariance(t, uneven, t - 1))),
    ],
  ])("is what the textbook's formulas give: σ² is %s", (_, variance, variances) => {
    const bound = lowerBound(invented, uneven, variance);
    const points = [0, 1, 2].map((point) => byHand(invented, point, variances, uneven));
    expect(bound.reconstruction).toBeCloseTo(mean(points.map(({ reconstruction }) => reconstruction)), 12);
    expect(bound.prior).toBeCloseTo(mean(points.map(({ prior }) => prior)), 12);
    for (let t = 0; t <= 5; t++) expect(bound.kl[t]).toBeCloseTo(mean(points.map(({ kl }) => kl[t])), 12);
    points.forEach(({ reconstruction, kl, prior }, i) => {
      const total = reconstruction - kl.reduce((sum, value) => sum + value) - prior;
      expect(bound.each[i]).toBeCloseTo(total, 12);
    });
    expect(bound.total).toBeCloseTo(mean(bound.each), 12);
    const sum = bound.kl.reduce((total, value) => total + value);
    expect(bound.total).toBeCloseTo(bound.reconstruction - sum - bound.prior, 12);
  });

  test("its standard error is that of the points' mean", () => {
    const { each, error } = lowerBound(invented, uneven);
    const middle = mean(each);
    const variance = ((each[0] - middle) ** 2 + (each[1] - middle) ** 2 + (each[2] - middle) ** 2) / 2;
    expect(error).toBeCloseTo(Math.sqrt(variance / 3), 12);
    const single = { squared: invented.squared.map((values) => [values[0]]), norms: [2], size: 2 };
    expect(lowerBound(single, uneven).error).toBe(0);
  });

  test("is E[log P(z_0 … z_T) - log q(z_1 … z_T | x)], averaged over paths of the forward process", () => {
    const schedule = scheduleFromBetas("short", [0.1, 0.4, 0.7]);
    const count = 40_000;
    const x = bookMixture.sample(count, 1);
    const noise = normalValues([0, 2], 3 * count);
    const logNormal = (value: number, center: number, variance: number): number =>
      -0.5 * (Math.log(2 * Math.PI * variance) + (value - center) ** 2 / variance);
    /** Mean of P(z_{t-1} | z_t): that of q(z_{t-1} | z_t, x) for the guess in the place of x. */
    const meanOf = (z: number, t: number): number => {
      const before = 1 - schedule.alpha[t - 1];
      const guess = bookMixture.posteriorMean(z, t, schedule);
      if (t === 1) return guess;
      const precision = 1 / before + (1 - schedule.beta[t]) / schedule.beta[t];
      const weighted =
        (Math.sqrt(schedule.alpha[t - 1]) * guess) / before +
        (Math.sqrt(1 - schedule.beta[t]) * z) / schedule.beta[t];
      return weighted / precision;
    };
    const logs = Array.from(x, (start, i) => {
      let [log, z] = [0, start];
      for (let t = 1; t <= 3; t++) {
        const { [t]: beta } = schedule.beta;
        const next = Math.sqrt(1 - beta) * z + Math.sqrt(beta) * noise[3 * i + t - 1];
        log += logNormal(z, meanOf(next, t), beta) - logNormal(next, Math.sqrt(1 - beta) * z, beta);
        z = next;
      }
      return log + logNormal(z, 0, 1);
    });
    const middle = mean(logs);
    const error = Math.sqrt(mean(logs.map((log) => (log - middle) ** 2)) / count);
    const { total } = lowerBound(exactErrors(bookMixture, schedule), schedule);
    expect(error).toBeLessThan(0.01);
    expect(Math.abs(middle - total)).toBeLessThan(4 * error);
  });

  test("refuses errors of another schedule", () => {
    expect(() => lowerBound(invented, linearSchedule(6))).toThrow(
      "errors has 5 times, and the schedule 6 steps; measure them with this schedule",
    );
    expect(() => optimalVariance(invented, linearSchedule(6))).toThrow("errors has 5 times");
    expect(() => lowerBound(invented, uneven, () => NaN)).toThrow("p.variance is NaN");
  });
});

describe("the bound for the exact denoiser", () => {
  const gap = (T: number, variance: ReverseVariance): number => {
    const schedule = linearSchedule(T);
    const { total } = lowerBound(exactErrors(bookMixture, schedule), schedule, variance);
    return toBits(meanLogDensity(bookMixture) - total);
  };

  test.each(reference)(
    "linear, T = $steps, σ² from $variance: it lies $bits bits below the mean log density (reference.py)",
    ({ steps, variance, bits }) => {
      const choice = variance === "beta" ? betaVariance : posteriorVariance;
      expect(Math.abs(gap(steps, choice) / bits - 1)).toBeLessThan(1e-7);
    },
  );

  test("it is never above, for any σ² and schedule", () => {
    const exact = meanLogDensity(bookMixture);
    for (const schedule of [
      cosineSchedule(30),
      linearSchedule(5),
      zeroTerminalSnr(linearSchedule(40)),
      uneven,
    ]) {
      const errors = exactErrors(bookMixture, schedule);
      const choices = [
        betaVariance,
        posteriorVariance,
        varianceBetween(0.5),
        varianceTable(optimalVariance(errors, schedule)),
      ];
      for (const variance of choices) {
        expect(lowerBound(errors, schedule, variance).total).toBeLessThan(exact);
      }
    }
  });

  test("it is the mean log density itself where each reverse step is normal: normal data, optimal σ²", () => {
    const normal = gaussianMixture({ means: [0], deviations: [0.6], weights: [1] });
    const schedule = zeroTerminalSnr(linearSchedule(20));
    const errors = exactErrors(normal, schedule);
    const variance = varianceTable(optimalVariance(errors, schedule));
    expect(lowerBound(errors, schedule, variance).total).toBeCloseTo(meanLogDensity(normal), 9);
  });
});

describe("errors that are measured", () => {
  const schedule = linearSchedule(40);
  const exact = lowerBound(exactErrors(bookMixture, schedule), schedule);
  const denoise = exactDenoiser(bookMixture, schedule);
  const x = tf.tensor1d(Float32Array.from(bookMixture.sample(5000, 3)));

  test("for the exact denoiser: the bound agrees with the exact one", async () => {
    const bound = lowerBound(await denoisingErrors(denoise, x, schedule, { seed: 4 }), schedule);
    expect(bound.error).toBeLessThan(0.05);
    expect(Math.abs(bound.total - exact.total)).toBeLessThan(4 * bound.error);
    expect(bound.prior).toBeCloseTo(exact.prior, 3);
  });

  test.each<[string, Denoiser]>([
    ["is shifted", (z, t) => denoise(z, t).add(0.03)],
    ["shrinks", (z, t) => denoise(z, t).mul(0.97)],
    ["knows nothing", (z) => tf.fill(z.shape, bookMixture.mean)],
  ])("for a denoiser that %s the bound is lower, by more than chance", async (_, worse) => {
    const bound = lowerBound(await denoisingErrors(worse, x, schedule, { seed: 4 }), schedule);
    expect(bound.total).toBeLessThan(exact.total - 4 * bound.error);
  });

  test("each is ‖x - x̂(z_t, t)‖², summed over the numbers of a point", async () => {
    const data = randomNormal<tf.Rank.R3>([4, 3, 2], 5);
    const seen: number[] = [];
    const { squared, norms, size } = await denoisingErrors(
      (z, t) => {
        seen.push(t);
        return tf.fill(z.shape, t / 10);
      },
      data,
      uneven,
    );
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(size).toBe(6);
    const points = data.reshape<tf.Tensor2D>([4, 6]).arraySync();
    const sums = (guess: number): number[] =>
      points.map((point) => point.reduce((sum, value) => sum + (value - guess) ** 2, 0));
    expect([...(squared[0] as Float32Array)]).toEqual([]);
    for (let t = 1; t <= 5; t++) {
      sums(t / 10).forEach((value, i) => {
        expect(squared[t][i]).toBeCloseTo(value, 4);
      });
    }
    sums(0).forEach((value, i) => {
      expect(norms[i]).toBeCloseTo(value, 4);
    });
  });

  test("z_t is drawn from the kernel, anew at each t, the same for the same seed", async () => {
    const drawn: number[][] = [];
    const recording: Denoiser = (z) => {
      drawn.push([...z.dataSync()]);
      return z;
    };
    const count = 20_000;
    const data = tf.fill([count], 1.5);
    await denoisingErrors(recording, data, uneven, { seed: 1 });
    await denoisingErrors(recording, data, uneven, { seed: 1 });
    const noises = [1, 2, 3, 4, 5].map((t) => {
      const [signal, spread] = [Math.sqrt(uneven.alpha[t]), Math.sqrt(1 - uneven.alpha[t])];
      return drawn[t - 1].map((z) => (z - signal * 1.5) / spread);
    });
    noises.forEach((noise, i) => {
      expect(drawn[i + 5]).toEqual(drawn[i]);
      expect(Math.abs(mean(noise))).toBeLessThan(5 / Math.sqrt(count));
      expect(Math.abs(mean(noise.map((value) => value ** 2)) - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
      if (i > 0) {
        const products = noise.map((value, n) => value * noises[0][n]);
        expect(Math.abs(mean(products))).toBeLessThan(5 / Math.sqrt(count));
      }
    });
  });

  test("no tensor is left; the callback is called after each t, and awaited", async () => {
    const data = tf.ones([3]);
    const before = tf.memory().numTensors;
    const seen: number[] = [];
    await denoisingErrors((z) => z, data, uneven, {
      callback: async (t) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        seen.push(t);
      },
    });
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test(
    "an interrupt of the cell ends it",
    withHost(async (host) => {
      const data = tf.ones([3]);
      const before = tf.memory().numTensors;
      const seen: number[] = [];
      const work = denoisingErrors((z) => z, data, uneven, {
        callback: (t) => {
          seen.push(t);
          if (t === 2) host.interrupt();
        },
      });
      await expect(work).rejects.toThrow(InterruptedError);
      expect(seen).toEqual([1, 2]);
      expect(tf.memory().numTensors).toBe(before);
    }),
  );

  test("bad data are refused", async () => {
    await expect(denoisingErrors((z) => z, tf.tensor1d([0, NaN]), uneven)).rejects.toThrow("x[1] is NaN");
    await expect(denoisingErrors((z) => z, tf.zeros([0, 2]), uneven)).rejects.toThrow(
      "the number of points is 0",
    );
  });
});

describe("optimalVariance", () => {
  test("no other σ_t² has a higher bound, at any t", () => {
    const best = optimalVariance(invented, uneven);
    const highest = lowerBound(invented, uneven, varianceTable(best)).total;
    for (let t = 1; t <= 5; t++) {
      for (const factor of [0.9, 0.99, 1.01, 1.1]) {
        const other = best.map((value, s) => (s === t ? factor * value : value));
        expect(lowerBound(invented, uneven, varianceTable(other)).total).toBeLessThan(highest);
      }
    }
  });

  test("it is the variance of z_{t-1} given z_t, on average over z_t", () => {
    const errors = exactErrors(bookMixture, uneven);
    const best = optimalVariance(errors, uneven);
    for (const t of [2, 3, 5]) {
      const marginal = bookMixture.marginal(t, uneven);
      let sum = 0;
      for (let z = -8; z < 8; z += 0.01) {
        sum += 0.01 * marginal.density(z) * bookMixture.reverse(z, t, uneven).variance;
      }
      expect(best[t]).toBeCloseTo(sum, 8);
    }
    expect(best[1]).toBeCloseTo(errors.squared[1][0], 12);
    expect(best[0]).toBe(0);
  });
});

describe("weightings", () => {
  const schedule = linearSchedule(100);
  const times = [2, 3, 40, 99, 100];

  test("the bound's is β²/(2σ²(1-β)(1-α)) for t ≥ 2, and the reconstruction's at t = 1", () => {
    for (const variance of [betaVariance, posteriorVariance, varianceBetween(0.3)]) {
      for (const t of times) {
        const { [t]: beta } = schedule.beta;
        const { [t]: alpha } = schedule.alpha;
        const sigma = variance(t, schedule, t - 1);
        const expected = beta ** 2 / (2 * sigma * (1 - beta) * (1 - alpha));
        expect(boundWeighting(variance)(t, schedule) / expected).toBeCloseTo(1, 9);
      }
    }
    // ‖x - x̂‖²/(2σ²) with σ² = β_1 = 1-α_1 and ‖x - x̂‖² = ‖ε - ε̂‖² (1-α)/α.
    expect(boundWeighting()(1, schedule)).toBeCloseTo(1 / (2 * schedule.alpha[1]), 9);
    expect(boundWeighting(posteriorVariance)(1, schedule)).toBeCloseTo(1 / (2 * schedule.alpha[1]), 9);
  });

  test("the weighted error of the noise is the term of the bound", () => {
    const [x, noise, predicted] = [0.8, -0.4, 0.5];
    for (const t of [1, ...times]) {
      const z = Math.sqrt(schedule.alpha[t]) * x + Math.sqrt(1 - schedule.alpha[t]) * noise;
      const weights = conversionWeights("noise", "x", t, schedule);
      const guess = weights.z * z + weights.prediction * predicted;
      const { weight } = t === 1 ? reconstructionWeights(1, schedule) : klWeights(t, 1, schedule);
      const weighted = boundWeighting()(t, schedule) * (noise - predicted) ** 2;
      expect((weight * (x - guess) ** 2) / weighted).toBeCloseTo(1, 6);
    }
  });

  test("simple, powers of SNR, and min-SNR", () => {
    for (const t of [1, ...times]) {
      const snr = schedule.alpha[t] / (1 - schedule.alpha[t]);
      expect(simpleWeighting(t, schedule)).toBe(1);
      expect(snrWeighting(0)(t, schedule)).toBe(1);
      expect(snrWeighting(-1)(t, schedule) * snr).toBeCloseTo(1, 9);
      expect(snrWeighting(0.5)(t, schedule) / Math.sqrt(snr)).toBeCloseTo(1, 9);
      expect(minSnrWeighting()(t, schedule) / (Math.min(snr, 5) / snr)).toBeCloseTo(1, 9);
      expect(minSnrWeighting(0.1)(t, schedule) / (Math.min(snr, 0.1) / snr)).toBeCloseTo(1, 9);
    }
    expect(minSnrWeighting()(100, zeroTerminalSnr(schedule))).toBe(1);
    expect(() => snrWeighting(NaN)).toThrow("power is NaN");
    expect(() => minSnrWeighting(0)).toThrow("gamma is 0");
  });

  test("the terms' constants: of KL, reconstruction and prior", () => {
    const sizes = [1, 6];
    for (const size of sizes) {
      const ratio = posteriorVariance(40, schedule, 39) / schedule.beta[40];
      expect(klWeights(40, size, schedule).constant).toBeCloseTo(
        (size / 2) * (ratio - 1 - Math.log(ratio)),
        12,
      );
      expect(klWeights(40, size, schedule, posteriorVariance).constant).toBeCloseTo(0, 12);
      const beta = schedule.beta[1];
      expect(reconstructionWeights(size, schedule)).toEqual({
        constant: 0.5 * size * Math.log(2 * Math.PI * beta),
        weight: 1 / (2 * beta),
      });
      expect(priorWeights(size, schedule).weight).toBeCloseTo(schedule.alpha[100] / 2, 15);
    }
    expect(priorWeights(3, zeroTerminalSnr(schedule))).toEqual({ constant: 0, weight: 0 });
  });
});
