import {
  cosineSchedule,
  ddim,
  euler,
  exactDenoiser,
  gaussianMixture,
  linearSchedule,
  planeMixture,
  randomNormal,
  samplingTimes,
  straightness,
  straightSchedule,
  tf,
  zeroTerminalSnr,
  type Sampler,
  type Schedule,
} from "diffusion";

const straight = straightSchedule(1000);
const noise = randomNormal<tf.Rank.R2>([300, 2], 1);
/** E‖·‖² of a sample's points. */
const meanSquare = (points: tf.Tensor): number => points.square().sum(1).mean().dataSync()[0];
const normal = (deviation: number, mean: readonly [number, number] = [0.8, -0.3]) =>
  planeMixture({ means: [mean], deviations: [deviation] });

describe("one component N(m, s² I): paths are y = (1-τ) m + √((1-τ)² s² + τ²) ε", () => {
  test.each([0.1, 0.5, 1, 2])(
    "S = E‖ε‖² s (2 - π/2) for s = %d, over the squared length of m + (s - 1) ε",
    async (s) => {
      const denoise = exactDenoiser(normal(s), straight);
      const found = await straightness(denoise, noise, straight);
      const expected = meanSquare(noise) * s * (2 - Math.PI / 2);
      expect(found.total / expected).toBeCloseTo(1, 3);
      const lines = noise.mul(s - 1).add(tf.tensor2d([[0.8, -0.3]]));
      expect(found.relative / (expected / meanSquare(lines))).toBeCloseTo(1, 2);
    },
  );

  test("it bends where the integrand says", async () => {
    const s = 0.5;
    const denoise = exactDenoiser(normal(s), straight);
    const { steps, total } = await straightness(denoise, noise, straight);
    expect(steps).toHaveLength(1000);
    expect(steps[0]).toMatchObject({ t: 1000, s: 999 });
    for (const { t, bend } of steps.filter(({ t }) => t % 97 === 0)) {
      const tau = (t - 0.5) / 1000;
      const root = Math.sqrt(((1 - tau) * s) ** 2 + tau ** 2);
      const expected = meanSquare(noise) * ((tau - (1 - tau) * s ** 2) / root - (1 - s)) ** 2;
      expect(Math.abs(bend - expected)).toBeLessThan(0.01 * total);
    }
    expect(steps.reduce((sum, { bend }) => sum + bend, 0) / 1000).toBeCloseTo(total, 6);
  });

  test("a single point: straight", async () => {
    const point = tf.tensor2d([[0.8, -0.3]]);
    const found = await straightness((z) => point.tile([z.shape[0], 1]), noise, straight);
    expect(found.total).toBeLessThan(1e-6);
    expect(found.relative).toBeLessThan(1e-6);
  });
});

describe("what it depends on", () => {
  const two = planeMixture({ means: [[-1, 0], [1, 0.4]], deviations: [0.2, 0.2] }); // prettier-ignore
  const measured = async (schedule: Schedule, sampler?: Sampler): Promise<number> => {
    const times = samplingTimes(schedule, 400, "logSnr");
    const options = { times, ...(sampler && { sampler }) };
    return (await straightness(exactDenoiser(two, schedule), noise, schedule, options)).total;
  };

  test("not on the schedule: the exact paths are those of the data", async () => {
    const expected = await measured(straight);
    expect(expected).toBeGreaterThan(0.3);
    for (const schedule of [zeroTerminalSnr(linearSchedule(2000)), cosineSchedule(2000)]) {
      expect((await measured(schedule)) / expected).toBeCloseTo(1, 1);
    }
  });

  test("not on the solver, with steps enough", async () => {
    const solvers: Sampler[] = [ddim, (d, z, s, more) => euler(d, z, s, { ...more, variable: "straight" })];
    const expected = await measured(straight);
    for (const solver of solvers) expect((await measured(straight, solver)) / expected).toBeCloseTo(1, 1);
  });

  test("one step is one line", async () => {
    const found = await straightness(exactDenoiser(two, straight), noise, straight, { times: [1000, 0] });
    expect([found.total, found.relative, found.steps.length]).toEqual([0, 0, 1]);
  });
});

test("data on the line, or pictures: numbers of a point are added up", async () => {
  const line = gaussianMixture({ means: [0.2], deviations: [0.5], weights: [1] });
  const flat = randomNormal<tf.Rank.R1>([200], 3);
  const { total } = await straightness(exactDenoiser(line, straight), flat, straight);
  const picture = await straightness(
    (z, t) => exactDenoiser(line, straight)(z.flatten(), t).reshape(z.shape),
    flat.reshape([50, 2, 2, 1]),
    straight,
  );
  expect(picture.total / total).toBeCloseTo(4, 4);
});

test("leaves no tensors, also after an error", async () => {
  const denoise = exactDenoiser(normal(0.5), straight);
  const before = tf.memory().numTensors;
  await straightness(denoise, noise, straight, { times: [1000, 500, 0] });
  await expect(straightness(denoise, noise, straight, { times: [1000, 1000] })).rejects.toThrow(
    "times must decrease",
  );
  expect(tf.memory().numTensors).toBe(before);
});
