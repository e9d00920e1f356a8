// @ts-check
/**
 * A training step and a forward pass of a U-Net with 6.5 million parameters, each way of running it beside PyTorch's.
 * All are alive at once and take turns; the ratios are medians of each round's, so that all see the same machine.
 *
 * - `COURSE_TORCH_PYTHON`: a Python that has PyTorch. Without it the base is our compiled step.
 * - `COURSE_BENCH_MODES`: which ways, of `modes` in unet/workers.mjs, joined by commas.
 * - `COURSE_BENCH_ROUNDS`: 5 unless told.
 * - `COURSE_BENCH_COMPILE=1`: also torch.compile, which first compiles C++ for up to minutes.
 *
 * `@jax-js/jax` (0.1.25), JAX's programming model in JavaScript, could express the step: it has `jit`, and gradients of
 * padded and strided convolutions. It is not in the table because on Node, by its README, only its WebAssembly runs, not
 * WebGPU; there a 3×3 convolution of 64 channels reached 3 GFLOP/s at most (Node 20, two busy cores), and the
 * training step takes 276 GFLOP at batch 32.
 */
import { mean, median } from "./statistics.mjs";
import { findPyTorch, isPyTorch, modes as allModes, printTable, startWorker } from "./unet/workers.mjs";

/** @typedef {import("./unet/workers.mjs").Worker} Worker */
/** @typedef {import("./unet/workers.mjs").Answer} Answer */
/** @typedef {"train" | "forward"} Work */

const shape = { batch: 32, base: 64, size: 32 };
const rounds = Number(process.env.COURSE_BENCH_ROUNDS ?? 5);
const stepsPerTurn = 2;
const works = /** @type {const} */ (["train", "forward"]);

const slowToCompile = ["pytorch compiled", "pytorch compiled bfloat16"];
const notByDefault = process.env.COURSE_BENCH_COMPILE === "1" ? [] : slowToCompile;

const python = findPyTorch();
const modes = chosenModes();
const bases = { float32: isChosen("pytorch") ? "pytorch" : "compiled", bfloat16: "pytorch bfloat16" };

/** What is compared with PyTorch's bfloat16 too. */
const besideBfloat16 = isChosen(bases.bfloat16) ? works : [];

function chosenModes() {
  const named = process.env.COURSE_BENCH_MODES?.split(",").map((mode) => mode.trim());
  const unknown = named?.find((mode) => !allModes.includes(mode));
  if (unknown !== undefined) {
    throw new Error(`COURSE_BENCH_MODES: there is no ${unknown}; there are ${allModes.join(", ")}`);
  }
  const chosen = named ?? allModes.filter((mode) => !notByDefault.includes(mode));
  return chosen.filter((mode) => python || !isPyTorch(mode));
}

/** @param {string} mode */
function isChosen(mode) {
  return modes.includes(mode);
}

/** One after another, so that each has the machine for itself until its first result. */
async function startAll() {
  /** @type {Worker[]} */
  const workers = [];
  /** @type {"cpu" | "cuda" | undefined} */
  let device;
  for (const mode of modes) {
    /** @type {Worker | undefined} */
    let worker;
    try {
      worker = await startWorker(mode, shape, { python, device });
      device ??= worker.start.device;
      for (const work of works) await worker.run(work, 1);
      workers.push(worker);
    } catch (error) {
      worker?.quit();
      console.log(error instanceof Error ? error.message : error);
    }
  }
  return workers;
}

/** What one way has been measured at: milliseconds of each round. */
class Figures {
  /** @type {Record<Work, number[]>} */
  milliseconds = { train: [], forward: [] };
  /** @type {Answer | undefined} */
  last;

  /** @param {Worker} worker */
  constructor(worker) {
    this.worker = worker;
  }

  /** @param {Work} work */
  async measure(work) {
    this.last = await this.worker.run(work, stepsPerTurn);
    this.milliseconds[work].push(mean(this.last.milliseconds));
  }
}

/** @param {Figures} figures @param {string} base @param {Work} work */
function ratio({ milliseconds }, base, work) {
  const other = all.find(({ worker }) => worker.mode === base)?.milliseconds[work];
  return other ? median(milliseconds[work].map((value, round) => value / other[round])).toFixed(2) : "—";
}

/** @param {Figures} figures */
function row(figures) {
  const { worker, milliseconds, last } = figures;
  const { first, trace, operations } = worker.start;
  const isBfloat16 = worker.mode.endsWith("bfloat16");
  return [
    worker.mode,
    ...works.map((work) => ratio(figures, bases.float32, work)),
    ...besideBfloat16.map((work) => (isBfloat16 ? ratio(figures, bases.bfloat16, work) : "")),
    ...works.map((work) => median(milliseconds[work]).toFixed(0)),
    last?.peak.toFixed(0) ?? "",
    first.toFixed(1) + (trace === undefined ? "" : ` (${trace.toFixed(1)})`),
    String(operations ?? "—"),
    last?.loss.toFixed(3) ?? "",
  ];
}

const workers = await startAll();
const all = workers.map((worker) => new Figures(worker));
const parameters = new Set(workers.map(({ start }) => start.parameters));
if (parameters.size > 1) throw new Error(`Not the same network: ${[...parameters].join(", ")} parameters`);

for (let round = 0; round < rounds; round++) {
  for (const work of works) for (const figures of all) await figures.measure(work);
}
for (const worker of workers) worker.quit();

console.log([...new Set(workers.map(({ start }) => start.library))].join("; "));
console.log(
  `${[...parameters].join()} parameters, batch ${shape.batch}, ${shape.size}×${shape.size}; median of ${rounds} rounds; ` +
    `ratios of times to ${bases.float32}${besideBfloat16.length > 0 ? ` and, in brackets, to ${bases.bfloat16}` : ""}`,
);
printTable([
  [
    "",
    ...works.map((work) => `${work} ×`),
    ...besideBfloat16.map((work) => `(${work} ×)`),
    ...works.map((work) => `${work} ms`),
    "peak MB",
    "first s (trace)",
    "operations",
    "loss",
  ],
  ...all.map(row),
]);
