// @ts-check
/**
 * How the time of a training step grows with the batch, the resolution and the width: our compiled step and PyTorch's,
 * taking turns. `COURSE_TORCH_PYTHON` and `COURSE_BENCH_ROUNDS` (3 unless told) as in unet.bench.mjs.
 */
import { mean, median } from "./statistics.mjs";
import { findPyTorch, printTable, startWorker } from "./unet/workers.mjs";

/** @typedef {import("./unet/workers.mjs").Shape} Shape */

const rounds = Number(process.env.COURSE_BENCH_ROUNDS ?? 3);
const stepsPerTurn = 2;
const middle = { batch: 16, size: 32, base: 64 };

/** Each with one number changed. @type {Shape[]} */
const shapes = [
  middle,
  { ...middle, batch: 8 },
  { ...middle, batch: 32 },
  { ...middle, size: 16 },
  { ...middle, base: 32 },
];

const python = findPyTorch();
const modes = python ? ["compiled", "pytorch"] : ["compiled"];

/** @param {Shape} shape @returns {Promise<number[][]>} of each mode, milliseconds per round */
async function measure(shape) {
  /** @type {import("./unet/workers.mjs").Worker[]} */
  const workers = [];
  for (const mode of modes) {
    workers.push(await startWorker(mode, shape, { python, device: workers[0]?.start.device }));
    await workers[workers.length - 1].run("train", 1);
  }
  /** @type {number[][]} */
  const milliseconds = modes.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, worker] of workers.entries()) {
      milliseconds[i].push(mean((await worker.run("train", stepsPerTurn)).milliseconds));
    }
  }
  for (const worker of workers) worker.quit();
  return milliseconds;
}

/** @type {number[][][]} */
const measured = [];
for (const shape of shapes) measured.push(await measure(shape));

const atMiddle = measured[0].map(median);
const rows = shapes.map(({ batch, size, base }, i) => {
  const [ours, theirs] = measured[i];
  return [
    `batch ${batch}, ${size}×${size}, ${base} channels`,
    ...measured[i].flatMap((values, mode) => [
      median(values).toFixed(0),
      (median(values) / atMiddle[mode]).toFixed(2),
    ]),
    ...(theirs ? [median(ours.map((value, round) => value / theirs[round])).toFixed(2)] : []),
  ];
});
console.log(`Training step, median of ${rounds} rounds; growth is against the first row`);
printTable([
  ["", ...modes.flatMap((mode) => [`${mode} ms`, "growth"]), ...(python ? ["compiled / pytorch"] : [])],
  ...rows,
]);
