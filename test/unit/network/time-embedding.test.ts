import { tf, timeEmbedding } from "diffusion";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

test.each([
  [1000, 8],
  [50, 64],
  [7, 4],
])("T = %d, %d numbers: sines, then cosines, of frequencies from 1 to 10⁻⁴", (steps, size) => {
  const times = [0, 1, Math.floor(steps / 2), steps];
  const found = timeEmbedding(tf.tensor1d(times, "int32"), steps, size);
  expect(found.shape).toEqual([4, size]);
  const half = size / 2;
  const expected = times.flatMap((t) => {
    const angles = Array.from({ length: half }, (_, i) => ((1000 * t) / steps) * 10_000 ** (-i / (half - 1)));
    return [...angles.map(Math.sin), ...angles.map(Math.cos)];
  });
  values(found).forEach((value, i) => {
    // A time of 1000 as float32 is off by 10⁻⁴ turns at most.
    expect(Math.abs(value - expected[i])).toBeLessThan(2e-4);
  });
});

test("one network suits schedules of any length: T counts as 1000", () => {
  const short = timeEmbedding(tf.tensor1d([3, 10], "int32"), 10, 16);
  const long = timeEmbedding(tf.tensor1d([300, 1000], "int32"), 1000, 16);
  const expected = values(long);
  values(short).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 3);
  });
});

test("tells all times apart", () => {
  const rows = timeEmbedding(tf.range(0, 1001, 1, "int32"), 1000, 64).arraySync();
  for (let t = 1; t <= 1000; t++) {
    expect(Math.hypot(...rows[t].map((value, i) => value - rows[t - 1][i]))).toBeGreaterThan(0.5);
  }
});

test("takes times of float32, two numbers, and leaves only its result", () => {
  const t = tf.tensor1d([0.5]);
  const before = tf.memory().numTensors;
  const found = timeEmbedding(t, 1000, 2);
  expect(tf.memory().numTensors).toBe(before + 1);
  expect(values(found)[0]).toBeCloseTo(Math.sin(0.5), 6);
  expect(values(found)[1]).toBeCloseTo(Math.cos(0.5), 6);
});

test("bad arguments are named", () => {
  const t = tf.tensor1d([1], "int32");
  expect(() => timeEmbedding(t, 1000, 3)).toThrow("size is 3; use an even number");
  expect(() => timeEmbedding(t, 1000, 0)).toThrow("size is 0; use a whole number of 2 or more");
  expect(() => timeEmbedding(t, 0, 4)).toThrow("steps is 0");
});
