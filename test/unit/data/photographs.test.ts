import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { loadPhotographs, randomNormal, tf } from "diffusion";

const side = 128;
const { images, names } = loadPhotographs();
const pictures = images.unstack().map((image) => image.dataSync<"float32">());
const folder = join(__dirname, "..", "..", "..", "src", "data", "photographs");

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
};

/** Of standardised pictures: 1 for equal ones. */
function correlation(a: Float32Array, b: Float32Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: Float32Array, m: number, y: Float32Array, n: number): number =>
    mean(x.map((value, i) => (value - m) * (y[i] - n)));
  return product(a, meanA, b, meanB) / Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB));
}

describe("photographs", () => {
  test("are eleven gray images in [-1, 1], of 8 bits", () => {
    expect(names).toHaveLength(11);
    expect([images.shape, images.dtype]).toEqual([[11, side, side, 1], "float32"]);
    for (const values of pictures) {
      const levels = values.map((value) => (value + 1) * 127.5);
      expect(Math.max(...levels.map((level) => Math.abs(level - Math.round(level))))).toBeLessThan(1e-4);
      expect([Math.min(...values) >= -1, Math.max(...values) <= 1]).toEqual([true, true]);
    }
    expect(images.min().dataSync()[0]).toBeLessThan(-0.95);
    expect(images.max().dataSync()[0]).toBeGreaterThan(0.95);
  });

  test("have contrast, and are different pictures", () => {
    expect(new Set(names).size).toBe(names.length);
    pictures.forEach((a, i) => {
      const level = mean(a);
      expect(mean(a.map((value) => (value - level) ** 2))).toBeGreaterThan(0.1 ** 2);
      for (const b of pictures.slice(0, i)) expect(Math.abs(correlation(a, b))).toBeLessThan(0.6);
    });
  });

  test("stand upright: the photographer's coat is dark, the sky above the field bright", () => {
    expect(names[0]).toBe("camera");
    const patch = (top: number, left: number): number =>
      images.slice([0, top, left, 0], [1, 25, 25, 1]).mean().dataSync()[0];
    expect(patch(60, 10)).toBeLessThan(-0.8);
    expect(patch(2, 100)).toBeGreaterThan(0.4);
    expect(patch(100, 100)).toBeGreaterThan(patch(60, 10) + 0.5);
  });

  test("any beginning is the same", () => {
    const two = loadPhotographs({ count: 2 });
    expect(two.images.shape).toEqual([2, side, side, 1]);
    expect(two.names).toEqual(names.slice(0, 2));
    expect(two.images.dataSync()).toEqual(images.slice(0, 2).dataSync());
  });

  test("more than there are is refused, and none", () => {
    const message = (count: number): string => `count is ${count}; use a whole number from 1 to 11`;
    for (const count of [12, 0, -1, 1.5, NaN]) {
      expect(() => loadPhotographs({ count })).toThrow(message(count));
    }
  });

  test("only the images stay in memory", () => {
    const before = tf.memory().numTensors;
    loadPhotographs({ count: 2 }).images.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("each file has its line of source and licence, and all are small", () => {
    const files = readdirSync(folder).filter((file) => file.endsWith(".png"));
    expect(files.sort()).toEqual(names.map((name) => `${name}.png`).sort());
    const lines = readFileSync(join(folder, "README.md"), "utf8").split("\n");
    for (const file of files) {
      const line = lines.filter((text) => text.startsWith("|") && text.includes(`\`${file}\``));
      expect(line.some((text) => /\| (CC0|public domain) \|$/.test(text))).toBe(true);
    }
    const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    expect(bytes).toBeLessThan(250_000);
  });
});

describe("the power spectrum", () => {
  const slopes = pictures.map(spectralSlope);

  test.each(names.map((name, i) => [name, i] as const))("of %s falls about as 1 / f²", (_, i) => {
    expect(slopes[i]).toBeLessThan(-1);
    expect(slopes[i]).toBeGreaterThan(-3.5);
  });

  test("of all on the average, nearly; of white noise, not at all", () => {
    expect(mean(slopes)).toBeLessThan(-2);
    expect(mean(slopes)).toBeGreaterThan(-3);
    const noise = randomNormal([side * side], 1).dataSync<"float32">();
    expect(Math.abs(spectralSlope(noise))).toBeLessThan(0.2);
  });
});

/** The exponent of frequency in the power spectrum: the line of least squares in double logarithms, through the mean
 * powers on rings of whole frequencies. A Hann window hides that the left edge does not fit the right one. */
function spectralSlope(values: Float32Array): number {
  const level = mean(values);
  const window = Array.from({ length: side }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / side) ** 2);
  const windowed = Float64Array.from(
    values,
    (value, i) => (value - level) * window[i % side] * window[Math.floor(i / side)],
  );
  const rows = fourierRows({ real: windowed, imaginary: new Float64Array(side * side) });
  const { real, imaginary } = fourierRows({
    real: transposed(rows.real),
    imaginary: transposed(rows.imaginary),
  });
  const sums = new Float64Array(side);
  const counts = new Float64Array(side);
  real.forEach((value, i) => {
    const [x, y] = [i % side, Math.floor(i / side)].map((k) => Math.min(k, side - k));
    const ring = Math.round(Math.hypot(x, y));
    sums[ring] += value ** 2 + imaginary[i] ** 2;
    counts[ring]++;
  });
  const points = Array.from({ length: 59 }, (_, i) => {
    const ring = i + 2;
    return [Math.log(ring), Math.log(sums[ring] / counts[ring])] as const;
  });
  const [meanX, meanY] = [0, 1].map((axis) => mean(points.map((point) => point[axis])));
  const covariance = mean(points.map(([x, y]) => (x - meanX) * (y - meanY)));
  return covariance / mean(points.map(([x]) => (x - meanX) ** 2));
}

interface Complex {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/** The discrete Fourier transform of each row, by its definition. */
function fourierRows({ real, imaginary }: Complex): Complex {
  const turns = Array.from({ length: side }, (_, i) => (2 * Math.PI * i) / side);
  const [cosines, sines] = [turns.map((angle) => Math.cos(angle)), turns.map((angle) => Math.sin(angle))];
  const result = { real: new Float64Array(real.length), imaginary: new Float64Array(real.length) };
  for (let at = 0; at < real.length; at++) {
    const [k, row] = [at % side, at - (at % side)];
    for (let x = 0; x < side; x++) {
      const [cosine, sine] = [cosines[(k * x) % side], sines[(k * x) % side]];
      result.real[at] += real[row + x] * cosine + imaginary[row + x] * sine;
      result.imaginary[at] += imaginary[row + x] * cosine - real[row + x] * sine;
    }
  }
  return result;
}

function transposed(values: Float64Array): Float64Array {
  return values.map((_, i) => values[(i % side) * side + Math.floor(i / side)]);
}
