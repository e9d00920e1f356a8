import {
  classifierFree,
  energyDistance,
  exactDenoiser,
  dpmSolver,
  randomNormal,
  samplingTimes,
  tf,
  type Denoiser,
  type Point,
} from "diffusion";
import { guidedScore, schedule, world } from "./world";

const label = 1;
const guided = (gamma: number): Denoiser =>
  classifierFree(
    {
      conditional: exactDenoiser(world.ofClass[label], schedule),
      unconditional: exactDenoiser(world.all, schedule),
    },
    { gamma },
  );

/** Start points that stand for N(0, I): a lattice of radii and angles, of equal probability each. */
function lattice(radii: number, angles: number): Point[] {
  return Array.from({ length: radii * angles }, (_, k) => {
    const radius = Math.sqrt(-2 * Math.log((Math.floor(k / angles) + 0.5) / radii));
    const angle = (2 * Math.PI * ((k % angles) + 0.5)) / angles;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** Where the guided flow takes a point, in double precision: the probability-flow ODE du/dσ = -σ √α · score for u = z/√α and
 * σ² = (1-α)/α, by Heun's method. It begins at t = 990, before which the cosine schedule's σ falls too fast. */
function follow(start: Point, gamma: number): Point {
  const sigma = (t: number): number => Math.sqrt((1 - schedule.alpha[t]) / schedule.alpha[t]);
  const slope = (u: Point, t: number): Point => {
    const root = Math.sqrt(schedule.alpha[t]);
    const score = guidedScore([root * u[0], root * u[1]], t, label, gamma);
    return [-sigma(t) * root * score[0], -sigma(t) * root * score[1]];
  };
  let u: Point = [start[0] / Math.sqrt(schedule.alpha[990]), start[1] / Math.sqrt(schedule.alpha[990])];
  for (let t = 990; t > 0; t -= 5) {
    const [s, step] = [t - 5, sigma(t - 5) - sigma(t)];
    const first = slope(u, t);
    const ahead: Point = [u[0] + step * first[0], u[1] + step * first[1]];
    // At σ = 0 the slope is 0.
    const second = s === 0 ? [0, 0] : slope(ahead, s);
    u = [0, 1].map((i) => u[i] + (step * (first[i] + second[i])) / 2) as unknown as Point;
  }
  return u;
}

const times = [990, ...samplingTimes(schedule, 60).filter((t) => t < 990)];
const sampled = (gamma: number, seed: number): Promise<tf.Tensor2D> =>
  dpmSolver(guided(gamma), randomNormal([1500, 2], seed), schedule, { times }) as Promise<tf.Tensor2D>;

/** The flow's end, from many points that stand for all. */
const reference = (gamma: number): tf.Tensor2D =>
  tf.tensor2d(lattice(25, 24).map((point) => [...follow(point, gamma)]));

describe.each([1, 3])("the guided flow, γ = %d", (gamma) => {
  const expected = reference(gamma);

  test.each([1, 2])("is what the sampler follows: seed %d", async (seed) => {
    const samples = await sampled(gamma, seed);
    expect(Math.abs(await energyDistance(samples, expected))).toBeLessThan(0.004);
  });

  test("can be told from that of another scale", async () => {
    const samples = await sampled(gamma + 0.5, 1);
    expect(await energyDistance(samples, expected)).toBeGreaterThan(0.008);
  });
});

test("the guided flow ends at the tilted density for γ = 1, and far from it beyond", async () => {
  const distance = async (gamma: number): Promise<number> =>
    energyDistance(world.sampleTilted({ label, gamma }, 1500, 1), reference(gamma));
  expect(Math.abs(await distance(1))).toBeLessThan(0.004);
  expect(await distance(3)).toBeGreaterThan(0.1);
});
