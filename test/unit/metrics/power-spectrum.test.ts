import { powerSpectrum, randomNormal, tf, type PowerSpectrum } from "diffusion";

/** A picture from its brightness at row i and column j. */
function picture(size: number, value: (i: number, j: number) => number): tf.Tensor4D {
  const values = Float32Array.from({ length: size ** 2 }, (_, n) => value(Math.floor(n / size), n % size));
  return tf.tensor4d(values, [1, size, size, 1]);
}

/** The rings' share: how many of the frequencies lie in each, of -size/2 < k ≤ size/2 in both directions. */
function ringSizes(size: number): number[] {
  const counts = new Array<number>(size).fill(0);
  const all = Array.from({ length: size }, (_, k) => (k <= size / 2 ? k : k - size));
  for (const k of all) for (const l of all) counts[Math.round(Math.sqrt(k * k + l * l))]++;
  return counts;
}

test.each([8, 9, 28])("frequencies are whole ones over the size, from 1/%d to about a half", (size) => {
  const { frequency, power } = powerSpectrum(tf.ones([1, size, size, 1]));
  const half = Math.floor(size / 2);
  expect([...frequency]).toEqual(Array.from({ length: half }, (_, i) => (i + 1) / size));
  expect(power).toHaveLength(half);
});

test.each([16, 15])("white noise of variance v has the power v at every frequency: size %d", (size) => {
  const count = 2000;
  const images = randomNormal<tf.Rank.R4>([count, size, size, 1], 1).mul<tf.Tensor4D>(1.5);
  const { power } = powerSpectrum(images);
  const sizes = ringSizes(size);
  power.forEach((value, i) => {
    // Each |F|²/(v size²) has the variance 1 (2 where F is real); those of k and -k are the same.
    const error = Math.sqrt(2 / (sizes[i + 1] * count));
    expect(Math.abs(value / 2.25 - 1)).toBeLessThan(5 * error);
  });
});

test.each([
  [3, 0, 3],
  [0, 5, 5],
  [3, 4, 5],
  [2, 2, 3],
  [-6, 1, 6],
  [8, 0, 8],
])("a cosine with %d and %d cycles down and across is seen in ring %d only", (down, across, ring) => {
  const size = 16;
  const amplitude = 0.7;
  const wave = picture(
    size,
    (i, j) => 3 + amplitude * Math.cos((2 * Math.PI * (down * i + across * j)) / size + 0.4),
  );
  const { power } = powerSpectrum(wave);
  // Two frequencies, k and -k, of |F|² = (amplitude size²/2)², or one if they are the same.
  const alone = Math.abs(down) === 8;
  const strength = alone ? (amplitude * Math.cos(0.4) * size) ** 2 : 2 * ((amplitude * size) / 2) ** 2;
  const expected = strength / ringSizes(size)[ring];
  power.forEach((value, i) => {
    expect(Math.abs(value - (i + 1 === ring ? expected : 0))).toBeLessThan(1e-4 * expected);
  });
});

test("Parseval: what lies within the rings adds up to the variance that lies there", () => {
  // Smooth pictures have no power beyond the last ring, in the corners.
  const size = 20;
  const wave = (i: number, j: number, k: number, l: number, phase: number): number =>
    Math.cos((2 * Math.PI * (k * i + l * j)) / size + phase);
  const smooth = picture(
    size,
    (i, j) => 0.5 + wave(i, j, 1, 2, 0.3) + 0.4 * wave(i, j, 6, -3, 1) - 0.7 * wave(i, j, 0, 9, 2),
  );
  const { power } = powerSpectrum(smooth);
  const sizes = ringSizes(size);
  const total = power.reduce((sum, value, i) => sum + value * sizes[i + 1], 0);
  const variance = tf.moments(smooth).variance.dataSync()[0];
  // Σ |F|²/size² over all frequencies but 0 is Σ (value - mean)².
  expect(total / (variance * size ** 2)).toBeCloseTo(1, 5);
});

test("is the plain sum over all pixels, for any picture", () => {
  const size = 7;
  const images = randomNormal<tf.Rank.R4>([3, size, size, 1], 4);
  const values = images.arraySync();
  const sums = new Array<number>(4).fill(0);
  const signed = [0, 1, 2, 3, -3, -2, -1];
  for (const k of signed) {
    for (const l of signed) {
      const ring = Math.round(Math.hypot(k, l));
      if (ring < 1 || ring > 3) continue;
      for (const image of values) {
        let [real, imaginary] = [0, 0];
        image.forEach((row, i) => {
          row.forEach(([value], j) => {
            const angle = (2 * Math.PI * (k * i + l * j)) / size;
            real += value * Math.cos(angle);
            imaginary += value * Math.sin(angle);
          });
        });
        sums[ring] += (real ** 2 + imaginary ** 2) / size ** 2 / 3;
      }
    }
  }
  powerSpectrum(images).power.forEach((value, i) => {
    expect(value / (sums[i + 1] / ringSizes(size)[i + 1])).toBeCloseTo(1, 4);
  });
});

test("brightness and shifts do not change it, and pictures are averaged", () => {
  const images = randomNormal<tf.Rank.R4>([4, 12, 12, 1], 5);
  const { power } = powerSpectrum(images);
  const expectSame = (other: PowerSpectrum): void => {
    other.power.forEach((value, i) => {
      expect(value / power[i]).toBeCloseTo(1, 3);
    });
  };
  expectSame(powerSpectrum(images.add(2)));
  expectSame(powerSpectrum(tf.concat([images.slice([0, 5]), images.slice([0, 0], [4, 5])], 1)));
  const each = tf.split(images, 4).map((image) => powerSpectrum(image as tf.Tensor4D).power);
  expectSame({
    frequency: Float64Array.of(),
    power: power.map((_, i) => (each[0][i] + each[1][i] + each[2][i] + each[3][i]) / 4),
  });
});

test("no tensor is left, and other shapes are refused", () => {
  const images = tf.ones<tf.Rank.R4>([2, 6, 6, 1]);
  const before = tf.memory().numTensors;
  powerSpectrum(images);
  expect(tf.memory().numTensors).toBe(before);
  expect(() => powerSpectrum(tf.ones([2, 6, 5, 1]))).toThrow(
    "images has the shape [2, 6, 5, 1]; use [any, 6, 6, 1]",
  );
  expect(() => powerSpectrum(tf.ones([2, 6, 6, 3]))).toThrow(
    "images has the shape [2, 6, 6, 3]; use [any, 6, 6, 1]",
  );
  expect(() => powerSpectrum(tf.ones([6, 6]) as unknown as tf.Tensor4D)).toThrow(
    "images has the shape [6, 6]",
  );
});
