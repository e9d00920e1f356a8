import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  cosineSchedule,
  ddim,
  diffusionModel,
  downsample,
  generateCascade,
  randomNormal,
  tf,
  unet,
  wordTokenizer,
  type CascadeOptions,
  type DiffusionModel,
  type UNetOptions,
} from "diffusion";
import type { ProgressState } from "../../../src/progress";

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const folder = mkdtempSync(join(tmpdir(), "cascade-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const tokenizer = wordTokenizer({ words: ["red", "blue"], length: 3 });
const schedule = cosineSchedule(50);

function awake(size: number, options: Partial<UNetOptions>): DiffusionModel {
  const network = unet({ size, steps: 50, width: 4, multipliers: [1, 1], groups: 2, seed: size, ...options });
  network.parameters.forEach((parameter, i) => {
    parameter.assign(randomNormal(parameter.shape as [number], 100 + i).mul(0.3));
  });
  return diffusionModel({ network, schedule, predicts: "v", tokenizer });
}
const text = { vocabulary: 4, length: 3, width: 8, heads: 2, depth: 1 };
const base = { model: awake(8, { text }), times: [50, 20, 0] };
const larger = { model: awake(16, { image: 1, vector: 1 }), times: [50, 10, 0], noise: 5 };
const largest = { model: awake(32, { image: 1, vector: 1, text }), times: [50, 0] };

const states: ProgressState[] = [];
const screen = { pictures: false, show: (state: ProgressState): void => void states.push(state) };
const options: CascadeOptions = { captions: ["red", "blue", "red"], seed: 4, screen };

test("each stage is told the images of the one before", async () => {
  const [small, middle, large] = await generateCascade([base, larger, largest], options);
  expect([small, middle, large].map(({ shape }) => shape)).toEqual([
    [3, 8, 8, 1],
    [3, 16, 16, 1],
    [3, 32, 32, 1],
  ]);
  const again = await generateCascade([base, larger, largest], options);
  again.forEach((images, i) => {
    expect(values(images)).toEqual(values([small, middle, large][i]));
  });
  const others = await generateCascade([base, larger], { ...options, captions: ["red", "red", "red"] });
  const rows = (images: tf.Tensor4D, row: number): number[] => values(images.slice(row, 1));
  expect(rows(others[0], 1)).not.toEqual(rows(small, 1));
  expect(rows(others[1], 1)).not.toEqual(rows(middle, 1));
  // More noise, other images.
  const noisy = await generateCascade([base, { ...larger, noise: 20 }], options);
  expect(values(noisy[0])).toEqual(values(small));
  expect(values(noisy[1])).not.toEqual(values(middle));
  expect(downsample(middle, 2).shape).toEqual(small.shape);
});

test("goes on after the stages that are kept, and only with the same options", async () => {
  const whole = await generateCascade([base, larger], { ...options, folder });
  expect(existsSync(join(folder, "stage-2.safetensors"))).toBe(true);
  rmSync(join(folder, "stage-2.safetensors"));
  states.length = 0;
  const resumed = await generateCascade([base, larger], { ...options, folder });
  expect(values(resumed[1])).toEqual(values(whole[1]));
  // One stage showed progress, and not two.
  expect(states.filter(({ status }) => status === "done").length).toBe(1);
  await expect(generateCascade([base, larger], { ...options, folder, seed: 5 })).rejects.toThrow(
    "stage-1.safetensors has images of other options: seed is 4 instead of 5. Use another folder.",
  );
  await expect(generateCascade([{ ...base, sampler: ddim }, larger], { ...options, folder })).rejects.toThrow(
    'stage-1.safetensors has images of other options: sampler is null instead of "ddim"',
  );
  // The last parameter, by a little.
  const changed = awake(16, { image: 1, vector: 1 });
  const last = changed.network.parameters.at(-1)!;
  last.assign(last.add(1e-3));
  await expect(
    generateCascade([base, { ...larger, model: changed }], { ...options, folder }),
  ).rejects.toThrow(
    /stage-2.safetensors has images of other options: weights is "\w{16}" instead of "\w{16}"/,
  );
  changed.network.dispose();
  changed.dispose();
});

test("stages that do not fit are named, and nothing is left over", async () => {
  await expect(generateCascade([], options)).rejects.toThrow("the number of stages is 0");
  await expect(generateCascade([larger, base], options)).rejects.toThrow(
    "stages[1] makes images of 8 pixels a side from 16; use a multiple.",
  );
  await expect(generateCascade([base, { model: awake(16, {}) }], options)).rejects.toThrow(
    "The conditional image of stages[1] has the shape [0]; use [1].",
  );
  const before = tf.memory().numTensors;
  const broken = { ...larger, times: [60, 0] };
  await expect(generateCascade([base, broken], options)).rejects.toThrow("times");
  expect(tf.memory().numTensors).toBe(before);
});
