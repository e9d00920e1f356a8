import {
  InterruptedError,
  linearSchedule,
  outpaint,
  randomNormal,
  tf,
  type Denoiser,
  type OutpaintOptions,
} from "diffusion";
import { outpaintPlan } from "../../../src/completion/outpaint-plan";
import { withHost } from "../notebook/fake-host";

const schedule = linearSchedule(10);
const bits = (tensor: tf.Tensor): number[] => [...new Int32Array(tensor.dataSync().slice().buffer)];
const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const picture = (width: number): tf.Tensor4D => randomNormal<tf.Rank.R4>([2, 3, width, 2], width);
const shrink: Denoiser = (z) => z.mul(0.8);
const quick = { window: 6, resamplings: 1, seed: 1 } as const;

describe("outpaint", () => {
  test.each([
    ["to the right", 6, { right: 7 }],
    ["to the left", 6, { left: 7 }],
    ["to both sides", 8, { left: 4, right: 5 }],
    ["a picture narrower than a window", 2, { left: 3, right: 9 }],
    ["a picture wider than a window", 15, { right: 1 }],
    ["by nothing", 8, {}],
  ] as const)("grows %s, and leaves x in its place to the bit", async (_, width, sides) => {
    const x = picture(width);
    const before = tf.memory().numTensors;
    const result = await outpaint(shrink, x, schedule, { ...quick, ...sides });
    expect(tf.memory().numTensors).toBe(before + 1);
    const { left = 0, right = 0 } = sides as { left?: number; right?: number };
    expect(result.shape).toEqual([2, 3, left + width + right, 2]);
    expect(bits(result.slice([0, 0, left, 0], [-1, -1, width, -1]))).toEqual(bits(x));
    // All that is new was made: the canvas's zeros are gone.
    expect(values(result).every((value) => value !== 0)).toBe(true);
  });

  test("each window continues the one before: a denoiser that sees a plane continues it", async () => {
    // x̂ is the first column, a known one, in all columns: whatever noise it holds at T has left it by t = 1.
    const flat: Denoiser = (z) => tf.ones(z.shape).mul(z.slice([0, 0, 0, 0], [-1, -1, 1, -1]));
    const x = tf.fill<tf.Rank.R4>([1, 2, 6, 1], 0.7);
    const calm = linearSchedule(1000);
    const result = await outpaint(flat, x, calm, { ...quick, right: 20, times: [1000, 500, 100, 10, 1, 0] });
    for (const value of values(result)) expect(Math.abs(value - 0.7)).toBeLessThan(0.06);
  });

  test("the callback counts on over the windows, and sees the canvas grow", async () => {
    const seen: number[][] = [];
    const columns: number[] = [];
    await outpaint(shrink, picture(6), schedule, {
      ...quick,
      right: 6,
      times: [10, 4, 0],
      callback: ({ step, steps, t, start, canvas, z }) => {
        seen.push([step, steps, t, start]);
        columns.push(values(canvas.abs().sum([0, 1, 3])).filter((value) => value > 0).length);
        expect(z.shape).toEqual([2, 3, 6, 2]);
      },
    });
    expect(seen).toEqual([
      [1, 4, 4, 3],
      [2, 4, 0, 3],
      [3, 4, 4, 6],
      [4, 4, 0, 6],
    ]);
    expect(columns).toEqual([6, 6, 9, 9]);
  });

  test("windows have noise of their own; the same seed gives the same", async () => {
    const draw = async (seed: number): Promise<number[]> =>
      values(
        await outpaint(shrink, tf.zeros([1, 1, 6, 1]), schedule, {
          ...quick,
          seed,
          right: 6,
          times: [10, 5, 0],
        }),
      );
    const [first, other] = [await draw(1), await draw(2)];
    expect(await draw(1)).toEqual(first);
    expect(other).not.toEqual(first);
    expect(new Set(first.slice(6)).size).toBe(6);
  });

  test(
    "an interrupt of the cell ends it, and frees all",
    withHost(async (host) => {
      const x = picture(6);
      const before = tf.memory().numTensors;
      const callback: OutpaintOptions["callback"] = ({ step }) => {
        if (step === 12) host.interrupt();
      };
      const work = outpaint(shrink, x, schedule, { ...quick, right: 9, callback });
      await expect(work).rejects.toThrow(InterruptedError);
      expect(tf.memory().numTensors).toBe(before);
    }),
  );

  test("bad arguments are named", async () => {
    const run = (options: Partial<OutpaintOptions>): Promise<tf.Tensor> =>
      outpaint(shrink, picture(4), schedule, { window: 6, ...options });
    await expect(run({ left: -1 })).rejects.toThrow("left is -1; use a whole number of 0 or more");
    await expect(run({ right: 0.5 })).rejects.toThrow("right is 0.5");
    await expect(run({ right: 1 })).rejects.toThrow(
      "left + the width of x + right is 5; use a whole number of 6 or more",
    );
    await expect(run({ right: 9, overlap: 6 })).rejects.toThrow(
      "overlap is 6; use a whole number from 0 to 5",
    );
    await expect(run({ right: 9, times: [3] })).rejects.toThrow("times has 1 entries");
    await expect(
      outpaint(shrink, tf.zeros<tf.Rank>([2, 3]) as tf.Tensor4D, schedule, { window: 1 }),
    ).rejects.toThrow("x has the shape [2, 3]");
  });
});

describe("outpaintPlan", () => {
  test("windows know the overlap, and the last of a side ends at the edge", () => {
    expect(outpaintPlan(8, { left: 0, right: 9, window: 8, overlap: 4 })).toEqual([
      { start: 4, from: 0, to: 4 },
      { start: 8, from: 0, to: 4 },
      { start: 9, from: 0, to: 7 },
    ]);
    expect(outpaintPlan(8, { left: 5, right: 0, window: 8, overlap: 4 })).toEqual([
      { start: 1, from: 4, to: 8 },
      { start: 0, from: 1, to: 8 },
    ]);
  });

  test("a narrow picture: the window holds all of it, and makes what lies on both sides", () => {
    expect(outpaintPlan(2, { left: 3, right: 3, window: 8, overlap: 4 })).toEqual([
      { start: 0, from: 3, to: 5 },
    ]);
    expect(outpaintPlan(2, { left: 9, right: 9, window: 8, overlap: 4 })[0]).toEqual({
      start: 9,
      from: 0,
      to: 2,
    });
  });
});
