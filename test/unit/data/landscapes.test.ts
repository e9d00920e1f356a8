import { landscapes, setSeed, tf } from "diffusion";
import { fractalNoise, stripNoise } from "../../../src/data/landscape/noise";
import { paletteAt } from "../../../src/data/landscape/palette";

const values = (tensor: tf.Tensor): Float32Array => tensor.dataSync<"float32">();

describe("landscapes", () => {
  test("[count, size, width, 3] within -1 … 1, the same for the same seed", () => {
    const before = tf.memory().numTensors;
    const pictures = landscapes({ count: 3, size: 16, width: 20, seed: 1 });
    expect(tf.memory().numTensors).toBe(before + 1);
    expect([pictures.shape, pictures.dtype]).toEqual([[3, 16, 20, 3], "float32"]);
    const all = values(pictures);
    expect(all.every((value) => value >= -1 && value <= 1)).toBe(true);
    expect(values(landscapes({ count: 3, size: 16, width: 20, seed: 1 }))).toEqual(all);
    expect(values(landscapes({ count: 1, size: 16, width: 20, seed: 1 }))).toEqual(all.slice(0, 16 * 20 * 3));
    expect(values(landscapes({ count: 3, size: 16, width: 20, seed: 2 }))).not.toEqual(all);
    expect(landscapes({ count: 1, seed: 1 }).shape).toEqual([1, 32, 32, 3]);
  });

  test("without a seed, the next of the stream that setSeed restarts", () => {
    const draw = (): Float32Array => values(landscapes({ count: 1, size: 8 }));
    setSeed(5);
    const [first, second] = [draw(), draw()];
    expect(second).not.toEqual(first);
    setSeed(5);
    expect(draw()).toEqual(first);
  });

  test("a wider picture begins with the narrower one", () => {
    const wide = landscapes({ count: 6, size: 16, width: 50, seed: 3 });
    const narrow = landscapes({ count: 6, size: 16, width: 16, seed: 3 });
    expect(values(wide.slice([0, 0, 0, 0], [-1, -1, 16, -1]))).toEqual(values(narrow));
  });

  test("a finer picture is the coarser one with detail: edges have the colours that pixels cover", () => {
    const coarse = landscapes({ count: 12, size: 16, seed: 4 });
    const fine = landscapes({ count: 12, size: 64, seed: 4 });
    const distance = (a: tf.Tensor): number =>
      tf.avgPool(fine, 4, 4, "valid").sub(a).abs().mean().dataSync()[0];
    expect(distance(coarse)).toBeLessThan(0.023);
    expect(distance(coarse.reverse(0))).toBeGreaterThan(0.3);
  });

  test("every place is like every other: colours, their spread, and how neighbours differ", () => {
    const count = 120;
    const pictures = landscapes({ count, size: 12, width: 60, seed: 6 });
    const quarter = (k: number): tf.Tensor => pictures.slice([0, 0, 15 * k, 0], [-1, -1, 15, -1]);
    const statistics: ((part: tf.Tensor) => tf.Tensor)[] = [
      (part) => part.mean([1, 2, 3]),
      (part) => part.slice([0, 0, 0, 0], [-1, 6, -1, -1]).mean([1, 2, 3]),
      (part) => tf.moments(part, [1, 2, 3]).variance,
      (part) => tf.moments(part, [2]).variance.mean([1, 2]),
      (part) =>
        part
          .slice([0, 0, 1, 0], [-1, -1, 14, -1])
          .sub(part.slice([0, 0, 0, 0], [-1, -1, 14, -1]))
          .abs()
          .mean([1, 2, 3]),
    ];
    for (const statistic of statistics) {
      for (const k of [1, 2, 3]) {
        const { mean, variance } = tf.moments(statistic(quarter(k)).sub(statistic(quarter(0))));
        expect(Math.abs(mean.dataSync()[0])).toBeLessThan(4 * Math.sqrt(variance.dataSync()[0] / count));
      }
    }
  });

  test("skies, mountains and grounds differ from picture to picture, and along it", () => {
    const pictures = landscapes({ count: 40, size: 12, width: 24, seed: 7 });
    const between = tf.moments(pictures.mean([2, 3]), 0).variance; // of each row
    expect(between.min().dataSync()[0]).toBeGreaterThan(0.03);
    const along = tf.moments(pictures, 2).variance.mean([0, 2]);
    expect(along.min().dataSync()[0]).toBeGreaterThan(1e-4);
  });

  test.each([
    [{ count: 0 }, "count is 0; use a whole number of 1 or more"],
    [{ count: 1, size: 7 }, "size is 7; use a whole number of 8 or more"],
    [{ count: 1, width: 0 }, "width is 0; use a whole number of 1 or more"],
    [{ count: 1, seed: 0.5 }, "seed is 0.5; use a whole number"],
  ])("refuses %j", (options, message) => {
    expect(() => landscapes(options)).toThrow(message);
  });
});

describe("noise", () => {
  const options = { frequency: 2, gain: 0.5, finest: 16 };

  test("keeps within -1 … 1 and has no jumps", () => {
    const noise = fractalNoise(1, 3, options);
    for (let x = -1; x < 4; x += 0.01) {
      expect(Math.abs(noise(x))).toBeLessThanOrEqual(1);
      expect(Math.abs(noise(x) - noise(x + 0.0001))).toBeLessThan(0.01);
    }
  });

  test("varies as much at one place as at any other", () => {
    const count = 1500;
    const places = [-0.75, 0, 0.25, 3.9];
    const sums = [0, 0, 0, 0];
    for (let seed = 0; seed < count; seed++) {
      const noise = fractalNoise(seed, 3, { ...options, finest: 4 });
      places.forEach((x, k) => (sums[k] += noise(x) ** 2));
    }
    for (const sum of sums) expect(Math.abs(sum / sums[1] - 1)).toBeLessThan(5 * Math.sqrt(4 / count));
  });

  test("a longer strip begins as a shorter one; lines of a strip go over into one another", () => {
    const [short, long] = [stripNoise(1, 2, 3, options), stripNoise(1, 9, 3, options)];
    for (const [x, y] of [
      [-1, 0],
      [0.3, 1.2],
      [2.9, 3],
    ]) {
      expect(long(x, y)).toBe(short(x, y));
    }
    expect(short(0.3, 1.5)).toBeCloseTo((short(0.3, 1) + short(0.3, 2)) / 2, 6);
    expect(short(0.3, 7)).toBe(short(0.3, 4));
  });
});

test("the colours of the day follow one another without a jump", () => {
  let before = paletteAt(0);
  for (let time = 0; time <= 1; time += 1 / 500) {
    const palette = paletteAt(time);
    for (const key of ["zenith", "horizon", "meadow"] as const) {
      palette[key].forEach((value, c) => {
        expect(Math.abs(value - before[key][c])).toBeLessThan(8);
      });
    }
    before = palette;
  }
});
