import {
  ancestral,
  ancestralWeights,
  betaVariance,
  conversionWeights,
  convertPrediction,
  ddim,
  ddimWeights,
  dpmSolver,
  dpmSolverSde,
  dpmSolverWeights,
  posteriorVariance,
  samplingTimes,
  tf,
  type Denoiser,
  type ReverseVariance,
  type SamplerOptions,
} from "diffusion";
import {
  inputs,
  loopNoise,
  loops,
  model,
  named,
  predictions,
  schedules,
  steps,
  timesteps,
  type ReferenceLoop,
  type ReferenceStep,
} from "./reference";

/** Relative to the largest number on the way. Both sides are in double precision. */
const tolerance = 1e-10;

const variances: Readonly<Record<string, ReverseVariance>> = {
  fixed_small: posteriorVariance,
  fixed_large: betaVariance,
};

const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

function expectNear(
  found: ArrayLike<number>,
  expected: readonly number[],
  scale: number,
  relative: number,
): void {
  expected.forEach((value, i) => {
    expect(Math.abs(found[i] - value)).toBeLessThan(relative * scale);
  });
}

/** z_s from z_t, the network's output and noise, and x̂, by the weights of the sampler. */
function step(
  row: Omit<ReferenceStep, "variance" | "result">,
  state: { z: readonly number[]; output: readonly number[]; noise: readonly number[] },
  before?: { readonly t: number; readonly guess: readonly number[] },
): { readonly z: number[]; readonly guess: number[] } {
  const { z, output, noise } = state;
  const schedule = schedules[row.schedule];
  const toData = conversionWeights(predictions[row.prediction], "x", row.t, schedule);
  const guess = z.map((value, i) => toData.z * value + toData.prediction * output[i]);
  const mixed = (weights: { z: number; x: number; noise: number }, ahead: readonly number[]): number[] =>
    z.map((value, i) => weights.z * value + weights.x * ahead[i] + weights.noise * noise[i]);
  if (row.sampler === "ddpm") {
    const weights = ancestralWeights(row.t, row.s, schedule, variances[row.varianceType!]);
    return { z: mixed(weights, guess), guess };
  }
  if (row.sampler === "ddim") return { z: mixed(ddimWeights(row.t, row.s, schedule, row.eta), guess), guess };
  const stochastic = row.sampler === "sde-dpmsolver++";
  const weights = dpmSolverWeights(row.t, row.s, schedule, { before: before?.t, stochastic });
  const ahead = guess.map((value, i) =>
    before && weights.extrapolation !== 0 ? value + weights.extrapolation * (value - before.guess[i]) : value,
  );
  return { z: mixed(weights, ahead), guess };
}

describe("single steps, in double precision", () => {
  test.each(named(steps))("%s", (_, row) => {
    const { z } = step(row, inputs);
    expectNear(z, row.result, largest(inputs.z), tolerance);
  });

  test.each(named(steps))("the variance of the noise: %s", (_, row) => {
    const { t, s, eta } = row;
    const schedule = schedules[row.schedule];
    const { noise } =
      row.sampler === "ddim"
        ? ddimWeights(t, s, schedule, eta)
        : ancestralWeights(t, s, schedule, variances[row.varianceType!]);
    expect(Math.abs(noise ** 2 - row.variance)).toBeLessThanOrEqual(tolerance * row.variance);
  });
});

/** All z of a loop, in double precision. */
function pathOf(row: ReferenceLoop): number[][] {
  let z = inputs.z;
  let before: { readonly t: number; readonly guess: readonly number[] } | undefined;
  return row.times.slice(1).map((s, k) => {
    const t = row.times[k];
    const { scale, shift } = model(row.prediction, t);
    const output = z.map((value) => scale * value + shift);
    const result = step({ ...row, t, s }, { z, output, noise: loopNoise(k) }, before);
    before = { t, guess: result.guess };
    z = result.z;
    return z;
  });
}

describe("whole loops, in double precision", () => {
  test.each(named(loops))("%s", (_, row) => {
    const path = pathOf(row);
    const scale = largest(path.flat());
    expectNear(path.at(-1)!, row.result, scale, tolerance);
    row.path?.forEach((z, k) => {
      expectNear(path[k], z, scale, tolerance);
    });
  });
});

describe("whole loops, by the samplers", () => {
  const run = (row: ReferenceLoop, denoise: Denoiser, options: SamplerOptions): Promise<tf.Tensor> => {
    const z = tf.tensor2d([inputs.z]);
    const schedule = schedules[row.schedule];
    if (row.sampler === "ddim") return ddim(denoise, z, schedule, { ...options, eta: row.eta! });
    if (row.sampler === "dpmsolver++") return dpmSolver(denoise, z, schedule, options);
    if (row.sampler === "sde-dpmsolver++") return dpmSolverSde(denoise, z, schedule, options);
    return ancestral(denoise, z, schedule, { ...options, variance: variances[row.varianceType!] });
  };

  test.each(named(loops))("%s", async (_, row) => {
    const { times, prediction } = row;
    const denoise: Denoiser = (z, t) => {
      const { scale, shift } = model(prediction, t);
      const schedule = schedules[row.schedule];
      return convertPrediction(z.mul(scale).add(shift), {
        from: predictions[prediction],
        to: "x",
        z,
        t,
        schedule,
      });
    };
    const path: number[][] = [];
    const result = await run(row, denoise, {
      times,
      noise: (t) => tf.tensor2d([loopNoise(times.indexOf(t))]),
      callback: ({ z }) => path.push([...z.dataSync()]),
    });
    const scale = largest(path.flat());
    expectNear(result.dataSync(), row.result, scale, 5e-6);
    row.path?.forEach((z, k) => {
      expectNear(path[k], z, scale, 5e-6);
    });
  });

  test("the times may be left out where they are all: T, T-1, …, 0", async () => {
    const row = loops.find(({ times }) => times.length === 1001)!;
    const seen: number[] = [];
    const denoise: Denoiser = (z, t) => {
      seen.push(t);
      return z;
    };
    await ancestral(denoise, tf.zeros([1]), schedules.linear);
    expect([...seen, 0]).toEqual(row.times);
  });
});

test("even sampling times are diffusers' trailing ones", () => {
  const { times } = timesteps.find(({ spacing }) => spacing === "trailing")!;
  expect(samplingTimes(schedules.linear, 10)).toEqual([...times, 0]);
});
