import { detailKept, downsample, landscapes, peakSignalToNoise, randomNormal, tf, upsample } from "diffusion";

const x = landscapes({ count: 3, size: 32, seed: 1 });

test("noise of the variance v has the ratio 10 log₁₀(4/v)", () => {
  const noisy = x.add(randomNormal(x.shape, 2).mul(0.1));
  // 9,216 squares: the mean is within 1.5 percent.
  expect(Math.abs(peakSignalToNoise(noisy, x) - 10 * Math.log10(400))).toBeLessThan(0.2);
  expect(peakSignalToNoise(x.add(0.2), x)).toBeCloseTo(20, 3);
  expect(peakSignalToNoise(x, x)).toBe(Infinity);
  expect(() => peakSignalToNoise(x, x.slice(0, 2))).toThrow("images has the shape [3, 32, 32, 3]");
});

test("detail is the power at high frequencies: a copy has all, half the contrast a quarter, a blur less", () => {
  expect(detailKept(x, x)).toBe(1);
  expect(detailKept(x.mul(0.5), x)).toBeCloseTo(0.25, 5);
  const blurred = [3, 5].map((size) => detailKept(tf.avgPool(x, size, 1, "same"), x));
  // Blocks have edges that were not there: false detail counts, too.
  expect(detailKept(upsample(downsample(x)), x)).toBeGreaterThan(blurred[0]);
  expect(blurred[0]).toBeLessThan(0.8);
  expect(blurred[1]).toBeLessThan(blurred[0]);
});

test("white noise adds as much at each frequency as there are frequencies in it", () => {
  const noise = randomNormal<tf.Rank.R4>([400, 16, 16, 1], 3);
  const more = randomNormal<tf.Rank.R4>([400, 16, 16, 1], 4);
  // Twice the power, wherever high frequencies begin.
  for (const from of [0, 0.25, 0.4]) {
    expect(Math.abs(detailKept(noise.add(more), noise, from) / 2 - 1)).toBeLessThan(0.03);
  }
  // A wave of 2 cycles over 16 pixels is below 1/4 cycle per pixel, and one of 6 above.
  const wave = (cycles: number): tf.Tensor4D => {
    const row = Float32Array.from({ length: 16 }, (_, i) => Math.cos((2 * Math.PI * cycles * i) / 16));
    return tf.tile(tf.tensor4d(row, [1, 1, 16, 1]), [1, 16, 1, 1]);
  };
  expect(detailKept(wave(6).add(wave(2)), wave(6))).toBeCloseTo(1, 4);
  expect(detailKept(wave(6).add(wave(2)), wave(6), 0.1)).toBeGreaterThan(1.2);
});

test("frequencies that no picture has are named", () => {
  expect(() => detailKept(x, x, 0.6)).toThrow("from is 0.6; use a finite number from 0 to 0.5.");
  expect(() => detailKept(x.slice(0, 1), x)).toThrow(
    "copies has the shape [1, 32, 32, 3]; use [3, 32, 32, 3].",
  );
});
