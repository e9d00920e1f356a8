import {
  bookMixture,
  compile,
  denoiseMixture,
  exactDenoiser,
  gaussianMixture,
  linearSchedule,
  planeMixture,
  randomNormal,
  tf,
  zeroTerminalSnr,
  type Point,
} from "diffusion";

const schedule = linearSchedule(1000);
const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const plane = planeMixture({
  means: [
    [1, 0.5],
    [-1.2, 0.3],
    [0.2, -0.9],
  ],
  deviations: [[0.7, 0.05], 0.4, [0.3, 0.5]],
  angles: [0.6, 0, -1.1],
  weights: [0.5, 0.2, 0.3],
});
const asTensor = (points: readonly Point[]): tf.Tensor2D => tf.tensor2d(points.flat(), [points.length, 2]);
const times = [1, 10, 300, 700, 1000];
const kernelOf = (all: readonly number[]): { alpha: tf.Tensor1D; variance: tf.Tensor1D } => ({
  alpha: tf.tensor1d(all.map((t) => schedule.alpha[t])),
  variance: tf.tensor1d(all.map((t) => 1 - schedule.alpha[t])),
});

describe("on the line", () => {
  const z = [-2.2, -1.9, -0.4, 0.1, 0.9, 3];
  const exact = (t: number): number[] => z.map((value) => bookMixture.posteriorMean(value, t, schedule));

  test.each(times)("it is the mixture's E[x | z_t] at t = %d", (t) => {
    const denoise = exactDenoiser(bookMixture, schedule);
    const flat = denoise(tf.tensor1d(z), t);
    const column = denoise(tf.tensor2d(z, [6, 1]), t);
    expect(flat.shape).toEqual([6]);
    expect(column.shape).toEqual([6, 1]);
    expect(values(column)).toEqual(values(flat));
    values(flat).forEach((value, i) => {
      expect(value).toBeCloseTo(exact(t)[i], 4);
    });
  });

  test("each point may have its own α", () => {
    const all = [1, 10, 300, 700, 1000, 50];
    const { alpha, variance } = kernelOf(all);
    for (const latent of [tf.tensor1d(z), tf.tensor2d(z, [6, 1])]) {
      values(denoiseMixture(bookMixture, latent, alpha, variance)).forEach((value, i) => {
        expect(value).toBeCloseTo(bookMixture.posteriorMean(z[i], all[i], schedule), 4);
      });
    }
  });

  test("1 - α stands for the variance if that is not given", () => {
    const alpha = tf.scalar(0.3);
    const latent = tf.tensor1d(z);
    const [one, other] = [
      denoiseMixture(bookMixture, latent, alpha),
      denoiseMixture(bookMixture, latent, alpha, tf.scalar(0.7)),
    ];
    values(one).forEach((value, i) => {
      expect(value).toBeCloseTo(values(other)[i], 5);
    });
  });

  test("far out, where all densities vanish, it is a number still", () => {
    for (const value of [-60, 60]) {
      const [found] = values(exactDenoiser(bookMixture, schedule)(tf.tensor1d([value]), 300));
      expect(found / bookMixture.posteriorMean(value, 300, schedule)).toBeCloseTo(1, 4);
    }
  });

  test("where nothing is left of the data, it is their mean", () => {
    const ended = zeroTerminalSnr(schedule);
    for (const value of values(exactDenoiser(bookMixture, ended)(tf.tensor1d([-3, 0, 2]), 1000))) {
      expect(value).toBeCloseTo(bookMixture.mean, 5);
    }
  });

  test("its derivative is SNR's √α/(1-α) times Var[x | z_t]", () => {
    const t = 300;
    const denoise = exactDenoiser(bookMixture, schedule);
    const slopes = values(tf.grad((z) => denoise(z, t).sum())(tf.tensor1d(z)));
    const { [t]: alpha } = schedule.alpha;
    slopes.forEach((slope, i) => {
      const exact = (Math.sqrt(alpha) / (1 - alpha)) * bookMixture.posteriorVariance(z[i], t, schedule);
      expect(slope).toBeCloseTo(exact, 3);
    });
  });

  test("it is differentiable by α, too", () => {
    const at = (alpha: number): number =>
      values(denoiseMixture(bookMixture, tf.tensor1d([0.4]), tf.scalar(alpha)))[0];
    const slope = values(
      tf.grad((alpha) => denoiseMixture(bookMixture, tf.tensor1d([0.4]), alpha).sum())(tf.scalar(0.4)),
    )[0];
    expect(slope).toBeCloseTo((at(0.41) - at(0.39)) / 0.02, 2);
  });
});

describe("in the plane", () => {
  const z: Point[] = [
    [0, 0],
    [1.1, 0.6],
    [-0.8, 0.9],
    [0.5, -2],
  ];

  test.each(times)("it is the mixture's E[x | z_t] at t = %d", (t) => {
    const found = exactDenoiser(plane, schedule)(asTensor(z), t);
    expect(found.shape).toEqual([4, 2]);
    const expected = z.flatMap((point) => plane.posteriorMean(point, t, schedule));
    values(found).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 4);
    });
  });

  test("each point may have its own α", () => {
    const all = [2, 200, 500, 999];
    const { alpha, variance } = kernelOf(all);
    const found = values(denoiseMixture(plane, asTensor(z), alpha, variance));
    const expected = z.flatMap((point, i) => plane.posteriorMean(point, all[i], schedule));
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 4);
    });
  });

  test("gradients agree with finite differences", () => {
    const denoise = exactDenoiser(plane, schedule);
    const weights = tf.tensor2d([
      [1, -0.5],
      [0.3, 2],
      [-1, 1],
      [0.7, 0.1],
    ]);
    const slope = values(tf.grad((z) => denoise(z, 400).mul(weights).sum())(asTensor(z)));
    const h = 1e-5;
    z.forEach((point, i) => {
      for (const axis of [0, 1] as const) {
        const at = (shift: number): number => {
          const moved: Point = [point[0] + (axis === 0 ? shift : 0), point[1] + (axis === 1 ? shift : 0)];
          const [x, y] = plane.posteriorMean(moved, 400, schedule);
          return x * values(weights)[2 * i] + y * values(weights)[2 * i + 1];
        };
        expect(slope[2 * i + axis]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 3);
      }
    });
  });
});

test("it can be part of a compiled step", () => {
  for (const [mixture, z] of [
    [bookMixture, randomNormal([5], 1)],
    [plane, randomNormal([5, 2], 1)],
  ] as const) {
    const denoise = exactDenoiser(mixture, schedule);
    const compiled = compile((z: tf.Tensor) => denoise(z, 500));
    const expected = values(denoise(z, 500));
    values(compiled(z)).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5);
    });
    compiled.dispose();
  }
});

test("no tensor is left but the result", () => {
  const z = tf.zeros([3]);
  const alpha = tf.scalar(0.5);
  const before = tf.memory().numTensors;
  exactDenoiser(bookMixture, schedule)(z, 3).dispose();
  denoiseMixture(bookMixture, z, alpha).dispose();
  expect(tf.memory().numTensors).toBe(before);
  denoiseMixture(plane, z.reshape([1, 3]).slice([0, 0], [1, 2]), alpha).dispose();
  expect(tf.memory().numTensors).toBe(before + 2);
});

test("bad arguments are named", () => {
  const line = exactDenoiser(gaussianMixture({ means: [0], deviations: [1], weights: [1] }), schedule);
  expect(() => line(tf.zeros([3, 2]), 1)).toThrow("z has the shape [3, 2]; use [any, 1]");
  expect(() => line(tf.zeros([3], "int32"), 1)).toThrow("z is a tensor of int32; use float32");
  expect(() => line(tf.zeros([3]), 1001)).toThrow("t is 1001; use a whole number from 0 to 1000");
  expect(() => line(tf.zeros([3]), 1.5)).toThrow("t is 1.5");
  const denoise = exactDenoiser(plane, schedule);
  expect(() => denoise(tf.zeros([3]), 1)).toThrow("z has the shape [3]; use [any, 2]");
  expect(() => denoise(tf.zeros([3, 1]), 1)).toThrow("z has the shape [3, 1]; use [any, 2]");
});
