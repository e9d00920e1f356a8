import {
  contextOf,
  cosineSchedule,
  enlarged,
  lowResolution,
  maskedContext,
  randomNormal,
  setSeed,
  tf,
  upsample,
  downsample,
} from "diffusion";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const x = randomNormal<tf.Rank.R4>([600, 8, 8, 3], 1);
const schedule = cosineSchedule(100);

describe("a small copy", () => {
  test("without noise is the mean of each square, and the network is told 0", () => {
    const { image, vector } = lowResolution({ schedule, mostNoise: 0 }).of(x);
    expect(values(image!)).toEqual(values(upsample(downsample(x, 2), 2)));
    expect(values(vector!).every((told) => told === 0)).toBe(true);
    expect(vector!.shape).toEqual([600, 1]);
  });

  test("with noise has as much as the time says that the network is told, at the small size", () => {
    setSeed(2);
    const ones = tf.ones<tf.Rank.R4>([600, 8, 8, 3]);
    const { image, vector } = lowResolution({ schedule, mostNoise: 40 }).of(ones);
    const told = values(vector!).map((share) => Math.round(share * 100));
    expect(Math.min(...told)).toBe(0);
    expect(Math.max(...told)).toBe(40);
    expect(told.reduce((sum, s) => sum + s) / 600).toBeCloseTo(20, -0.5);
    // Every pixel of a square has the same noise.
    expect(values(image!)).toEqual(values(upsample(downsample(image!, 2), 2)));
    const small = downsample(image!, 2);
    const off = tf.tidy(() => {
      const alpha = tf.tensor1d(told.map((s) => schedule.alpha[s])).reshape([600, 1, 1, 1]);
      const noise = small.sub(alpha.sqrt());
      const share = noise.square().mean([1, 2, 3]).div(tf.sub(1, alpha).add(1e-9).flatten());
      return share.mul(tf.cast(vector!.flatten().greater(0), "float32")).sum();
    });
    expect(values(off)[0] / told.filter((s) => s > 0).length).toBeCloseTo(1, 1);
    expect(values(small.slice([told.indexOf(0), 0, 0, 0], [1, -1, -1, -1])).every((v) => v === 1)).toBe(true);
  });

  test("to sample from is told its own noise", () => {
    const small = downsample(x, 2);
    expect(values(enlarged(small, 0, { schedule }).image!)).toEqual(values(upsample(small, 2)));
    const { image, vector } = enlarged(small, 30, { schedule });
    expect(values(vector!).every((told) => Math.abs(told - 0.3) < 1e-6)).toBe(true);
    const residual = downsample(image!, 2).sub(small.mul(Math.sqrt(schedule.alpha[30])));
    expect(values(residual.square().mean())[0]).toBeCloseTo(1 - schedule.alpha[30], 2);
    expect(() => enlarged(small, 101, { schedule })).toThrow("s is 101; use a whole number from 0 to 100");
    expect(() => lowResolution({ schedule, mostNoise: 101 })).toThrow("mostNoise is 101");
    expect(() => lowResolution({ schedule, mostNoise: 10, factor: 1 })).toThrow("factor is 1");
  });
});

describe("what is known of a sample", () => {
  const { image } = maskedContext({ hole: [0.25, 0.75] }).of(x);
  const [known, mask] = tf.split(image!, [3, 1], 3);

  test("is the sample outside a rectangle, and 0 within", () => {
    expect(new Set(values(mask))).toEqual(new Set([0, 1]));
    expect(values(known)).toEqual(values(x.mul(mask)).map((value) => value));
    const holes = tf.sub(1, mask).squeeze<tf.Tensor3D>([3]);
    const [rows, columns] = [holes.max(2), holes.max(1)];
    expect(values(tf.matMul(rows.expandDims(2), columns.expandDims(1)))).toEqual(values(holes));
    // 2 to 6 of 8 pixels, as far as middles of pixels tell, and all of these occur; stretches without a gap.
    const sizes = values(rows.sum(1));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(7);
    expect(new Set(sizes).size).toBeGreaterThan(4);
    const edges = values(
      rows
        .slice([0, 1], [-1, 7])
        .sub(rows.slice([0, 0], [-1, 7]))
        .abs()
        .sum(1),
    );
    expect(Math.max(...edges)).toBeLessThanOrEqual(2);
    // Anywhere: every row is in some holes, and out of others.
    for (const share of values(rows.mean(0))) {
      expect(share).toBeGreaterThan(0.1);
      expect(share).toBeLessThan(0.9);
    }
  });

  test("for a given mask; what does not fit is named", () => {
    const half = tf.concat([tf.ones([600, 8, 4, 1]), tf.zeros([600, 8, 4, 1])], 2);
    const { image } = contextOf(x, half);
    expect(values(image!.slice([0, 0, 4, 0], [1, 8, 4, 4])).every((value) => value === 0)).toBe(true);
    expect(() => contextOf(x, tf.ones([600, 8, 8, 3]))).toThrow("mask has the shape [600, 8, 8, 3]");
    expect(() => maskedContext({ hole: [0.5, 0.2] })).toThrow("hole[1] is 0.2");
  });
});
