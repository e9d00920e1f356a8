import * as fc from "fast-check";
import {
  ancestral,
  ancestralWeights,
  betaVariance,
  bookMixture,
  cosineSchedule,
  ddim,
  ddimWeights,
  dpmSolverSde,
  dpmSolverWeights,
  exactDenoiser,
  linearSchedule,
  posteriorVariance,
  posteriorWeights,
  randomNormal,
  samplingTimes,
  scheduleFromBetas,
  type Schedule,
} from "diffusion";

const steps = fc
  .tuple(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([t, share]) => ({ t, s: Math.min(t - 1, Math.floor(share * t)) }));
const etas = fc.double({ min: 0, max: 1, noNaN: true });
const schedules = [linearSchedule(100), cosineSchedule(100)];

/** What a step makes of z_t = √α_t x + √(1-α_t) ε where the guess is x itself. */
function afterStep(
  weights: { readonly z: number; readonly x: number; readonly noise: number },
  t: number,
  { alpha }: Schedule,
): { readonly data: number; readonly variance: number } {
  return {
    data: weights.z * Math.sqrt(alpha[t]) + weights.x,
    variance: weights.z ** 2 * (1 - alpha[t]) + weights.noise ** 2,
  };
}

describe("with the guess x, a step of any length leads from q(z_t | x) to q(z_s | x)", () => {
  const expectKernel = (found: { data: number; variance: number }, s: number, { alpha }: Schedule): void => {
    expect(found.data).toBeCloseTo(Math.sqrt(alpha[s]), 12);
    expect(found.variance).toBeCloseTo(1 - alpha[s], 12);
  };

  test.each(schedules.map((schedule) => [schedule.name, schedule] as const))("%s", (_, schedule) => {
    fc.assert(
      fc.property(steps, etas, ({ t, s }, eta) => {
        expectKernel(afterStep(ddimWeights(t, s, schedule, eta), t, schedule), s, schedule);
        expectKernel(
          afterStep(ancestralWeights(t, s, schedule, posteriorVariance), t, schedule),
          s,
          schedule,
        );
        for (const stochastic of [false, true]) {
          const weights = dpmSolverWeights(t, s, schedule, { stochastic });
          expectKernel(afterStep(weights, t, schedule), s, schedule);
        }
      }),
      { numRuns: 300 },
    );
  });
});

test("ddim with η = 1 is ancestral sampling with the posterior's variance, and so is the first-order SDE step", () => {
  const schedule = linearSchedule(100);
  fc.assert(
    fc.property(steps, ({ t, s }) => {
      const expected = ancestralWeights(t, s, schedule, posteriorVariance);
      for (const found of [
        ddimWeights(t, s, schedule, 1),
        dpmSolverWeights(t, s, schedule, { stochastic: true }),
      ]) {
        for (const key of ["z", "x", "noise"] as const) expect(found[key]).toBeCloseTo(expected[key], 12);
      }
    }),
  );
});

test("rounding does not make ddim's weights NaN where β differs by orders of magnitude", () => {
  const schedule = scheduleFromBetas(
    "wild",
    [3.9726988127420917e-16, 0.15170535990163514, 0.9545594719507635],
  );
  for (const [t, s] of [
    [2, 1],
    [3, 1],
    [3, 2],
  ]) {
    for (const value of Object.values(ddimWeights(t, s, schedule, 1)) as number[]) {
      expect(Number.isFinite(value)).toBe(true);
    }
  }
});

describe("normal data: the variance of what is sampled, without drawing any", () => {
  const schedule = linearSchedule(1000);
  const variance = 0.25;
  const marginal = (t: number): number => schedule.alpha[t] * variance + 1 - schedule.alpha[t];
  /** The exact denoiser is linear, so that each step's variance follows from the one before. */
  const variancesOf = (weightsAt: (t: number) => { z: number; x: number; noise: number }): number[] => {
    const result: number[] = [];
    result[1000] = marginal(1000);
    for (let t = 1000; t > 0; t--) {
      const { z, x, noise } = weightsAt(t);
      const gain = (Math.sqrt(schedule.alpha[t]) * variance) / marginal(t);
      result[t - 1] = (z + x * gain) ** 2 * result[t] + noise ** 2;
    }
    return result;
  };

  test.each([0, 0.3, 1])("ddim keeps the marginal's at every t with η = %d", (eta) => {
    const variances = variancesOf((t) => ddimWeights(t, t - 1, schedule, eta));
    // The last step, to the guess itself, takes away what x still varies by given z_1: 1-α_1.
    for (let t = 1; t <= 1000; t++) expect(Math.abs(variances[t] / marginal(t) - 1)).toBeLessThan(0.02);
    expect(Math.abs(variances[0] / variance - 1)).toBeLessThan(0.02);
  });

  test("ancestral sampling's lies between those for the two classical choices of σ_t²", () => {
    const [more, less] = [betaVariance, posteriorVariance].map((choice) =>
      variancesOf((t) => ancestralWeights(t, t - 1, schedule, choice)),
    );
    for (let t = 1; t <= 1000; t++) {
      expect(more[t] / marginal(t)).toBeGreaterThan(0.999);
      expect(more[t] / marginal(t)).toBeLessThan(1.02);
      expect(less[t] / marginal(t)).toBeLessThan(1.001);
      expect(less[t] / marginal(t)).toBeGreaterThan(0.98);
    }
  });
});

describe("samples of a mixture, by its exact denoiser", () => {
  const count = 10_000;
  const schedule = linearSchedule(1000);
  const denoise = exactDenoiser(bookMixture, schedule);

  /** Mean and variance within five standard errors, and a bias of the method. */
  function expectMoments(samples: ArrayLike<number>, bias: number): void {
    const { length } = samples;
    const values = Array.from(samples);
    const mean = values.reduce((sum, x) => sum + x) / length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / length;
    const deviation = Math.sqrt(bookMixture.variance);
    expect(Math.abs(mean - bookMixture.mean)).toBeLessThan((5 * deviation) / Math.sqrt(length) + bias);
    expect(Math.abs(variance / bookMixture.variance - 1)).toBeLessThan(5 * Math.sqrt(2 / length) + bias);
  }

  test("ancestral, 1000 steps: mean, variance, and the share of each stretch of the line", async () => {
    const z = randomNormal([count], 1);
    const samples = (await ancestral(denoise, z, schedule, { seed: 2 })).dataSync();
    expectMoments(samples, 0.005);
    for (const [from, to] of [
      [-2.2, -1.7],
      [-1.5, -0.7],
      [-0.4, 0],
      [1.2, 2.5],
    ]) {
      const share = bookMixture.cdf(to) - bookMixture.cdf(from);
      const found = samples.filter((x) => x >= from && x < to).length / count;
      expect(Math.abs(found - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / count) + 0.003);
    }
  });

  test("ddim with η = 0.5 and the stochastic DPM-Solver, 150 steps", async () => {
    const z = randomNormal([count], 3);
    const times = samplingTimes(schedule, 150, "logSnr");
    expectMoments((await ddim(denoise, z, schedule, { times, eta: 0.5, seed: 4 })).dataSync(), 0.01);
    expectMoments((await dpmSolverSde(denoise, z, schedule, { times, seed: 5 })).dataSync(), 0.01);
  });
});

test("the weights refuse times and η that are none", () => {
  const schedule = linearSchedule(10);
  for (const weights of [ancestralWeights, ddimWeights]) {
    expect(() => weights(11, 3, schedule)).toThrow("t is 11; use a whole number from 1 to 10");
    expect(() => weights(3, 3, schedule)).toThrow("s is 3; use a whole number from 0 to 2");
    expect(() => weights(3, -1, schedule)).toThrow("s is -1");
  }
  expect(() => ddimWeights(3, 2, schedule, 1.1)).toThrow("eta is 1.1; use a finite number from 0 to 1");
  expect(() => dpmSolverWeights(11, 2, schedule)).toThrow("t is 11");
  expect(posteriorWeights(3, schedule, 0)).toMatchObject({ z: 0, x: 1, variance: 0 });
});
