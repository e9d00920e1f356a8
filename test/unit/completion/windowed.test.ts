import {
  ddim,
  linearSchedule,
  randomNormal,
  repaint,
  tf,
  windowed,
  windowStarts,
  type Denoiser,
} from "diffusion";

const schedule = linearSchedule(20);
const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const wide = (width: number): tf.Tensor4D => randomNormal<tf.Rank.R4>([2, 3, width, 2], width);
/** The exact denoiser of independent normal pixels of variance 1/4: the same at each place. */
const perPixel: Denoiser = (z, t) => {
  const alpha = schedule.alpha[t];
  return z.mul(Math.sqrt(alpha) / 4 / (alpha / 4 + 1 - alpha));
};
/** One that tells windows and columns apart: each column has its own number. */
const byColumn: Denoiser = (z) => {
  const width = z.shape[2]!;
  return tf.ones(z.shape).mul(tf.range(0, width).reshape([1, 1, width, 1]));
};
/** One that looks at the whole window. */
const meanOfWindow: Denoiser = (z) => tf.ones(z.shape).mul(z.mean([1, 2, 3], true));

function expectClose(found: tf.Tensor, expected: tf.Tensor): void {
  expect(found.shape).toEqual(expected.shape);
  const wanted = values(expected);
  values(found).forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i], 5);
  });
}

describe("windowed", () => {
  test("is the denoiser itself where one window holds all", () => {
    const z = wide(8);
    const denoise = windowed(meanOfWindow, { window: 8 });
    expect(values(denoise(z, 3))).toEqual(values(meanOfWindow(z, 3)));
  });

  test.each([
    [9, 8, 4],
    [31, 8, 4],
    [32, 8, 0],
    [33, 8, 7],
    [20, 7, 3],
    [5, 1, 0],
  ])(
    "is a denoiser that treats all places alike, at a width of %d with windows of %d, %d shared",
    (width, window, overlap) => {
      for (const batch of [undefined, 1, 2]) {
        const denoise = windowed(perPixel, { window, overlap, ...(batch && { batch }) });
        const z = wide(width);
        expectClose(denoise(z, 12), perPixel(z, 12));
      }
    },
  );

  test("goes over from one window to the next in proportion, over the columns that they share", () => {
    const denoise = windowed(byColumn, { window: 8, overlap: 4 });
    // The windows begin at 0 and 4: column c is c in the first and c - 4 in the second.
    const found = values(denoise(tf.zeros([1, 1, 12, 1]), 1));
    const expected = Array.from({ length: 12 }, (_, column) => {
      const shareOfSecond = Math.min(1, Math.max(0, (column - 4 + 0.5) / 4));
      return column - 4 * shareOfSecond;
    });
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5);
    });
  });

  test("each window is seen as it is, whether all at once or some at a time", () => {
    const z = wide(14);
    const seen: number[][] = [];
    const recording: Denoiser = (part, t) => {
      seen.push(part.shape);
      return meanOfWindow(part, t);
    };
    const all = windowed(recording, { window: 6, overlap: 2 })(z, 1);
    expect(seen).toEqual([[6, 3, 6, 2]]);
    const first = meanOfWindow(z.slice([0, 0, 0, 0], [-1, -1, 6, -1]), 1);
    expectClose(all.slice([0, 0, 0, 0], [-1, -1, 4, -1]), first.slice([0, 0, 0, 0], [-1, -1, 4, -1]));
    seen.length = 0;
    const some = windowed(recording, { window: 6, overlap: 2, batch: 2 })(z, 1);
    expect(seen).toEqual([
      [4, 3, 6, 2],
      [2, 3, 6, 2],
    ]);
    expectClose(some, all);
  });

  test("serves samplers and repaint, and keeps no tensor", async () => {
    const denoise = windowed(perPixel, { window: 4 });
    const [z, mask] = [wide(11), tf.tensor3d([1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1], [1, 11, 1])];
    const expected = await ddim(perPixel, z, schedule);
    const before = tf.memory().numTensors;
    const sampled = await ddim(denoise, z, schedule);
    const completed = await repaint(denoise, z, mask, schedule, { resamplings: 2 });
    expect(tf.memory().numTensors).toBe(before + 2);
    expectClose(sampled, expected);
    expect(completed.shape).toEqual(z.shape);
  });

  test("bad arguments are named", () => {
    expect(() => windowed(perPixel, { window: 0 })).toThrow("window is 0; use a whole number of 1 or more");
    expect(() => windowed(perPixel, { window: 4, overlap: 4 })).toThrow(
      "overlap is 4; use a whole number from 0 to 3",
    );
    expect(() => windowed(perPixel, { window: 4, batch: 0 })).toThrow("batch is 0");
    const denoise = windowed(perPixel, { window: 4 });
    expect(() => denoise(wide(3), 1)).toThrow("The width of z is 3; use a whole number of 4 or more");
    expect(() => denoise(tf.zeros([2, 4]), 1)).toThrow("z has the shape [2, 4]; use [any, any, any, any]");
    const wrong = windowed(() => tf.zeros([1]), { window: 4 });
    expect(() => wrong(wide(5), 1)).toThrow("The denoiser's result has the shape [1]; use [4, 3, 4, 2]");
  });
});

test("windowStarts: equal strides, and the last one at the edge", () => {
  expect(windowStarts(8, { window: 8 })).toEqual([0]);
  expect(windowStarts(16, { window: 8 })).toEqual([0, 4, 8]);
  expect(windowStarts(17, { window: 8 })).toEqual([0, 4, 8, 9]);
  expect(windowStarts(17, { window: 8, overlap: 0 })).toEqual([0, 8, 9]);
  expect(() => windowStarts(7, { window: 8 })).toThrow("width is 7; use a whole number of 8 or more");
});
