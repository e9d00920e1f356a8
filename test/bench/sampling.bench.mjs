// @ts-check
/**
 * How long 64 digits take with 20 calls of the shipped network, beside PyTorch with the same weights, the same z_T and the same
 * solver. All are alive at once and take turns; the ratios are medians of each round's, so that all see the same machine. The
 * images are compared, too.
 *
 * - `COURSE_TORCH_PYTHON`: a Python that has PyTorch. Without it the times of ours are told.
 * - `COURSE_BENCH_ROUNDS`: 7 unless told.
 * - `COURSE_BENCH_COMPILE=1`: also torch.compile, which first compiles C++.
 *
 * Each side is a process that answers in lines of JSON: at its start {library, parameters, first}, with the seconds until it had
 * drawn once, and to {"do": "draw", "file": path} with {milliseconds}, after the images have been written to the file.
 */
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeJob } from "./sampling/job.mjs";
import { median } from "./statistics.mjs";
import { findPyTorch, Lines, printTable } from "./unet/workers.mjs";

const size = { digits: 64, calls: 20 };
const rounds = Number(process.env.COURSE_BENCH_ROUNDS ?? 7);
const here = join(dirname(fileURLToPath(import.meta.url)), "sampling");

const python = findPyTorch();
const ours = { compiled: "float32", "compiled bfloat16": "bfloat16" };
/** Options of worker.py. @type {Record<string, string[]>} */
const theirs = {
  pytorch: [],
  "pytorch contiguous": ["--contiguous"],
  "pytorch bfloat16": ["--bfloat16"],
  ...(process.env.COURSE_BENCH_COMPILE === "1" && { "pytorch compiled": ["--compile"] }),
};

/** @typedef {{ library: string, device?: "cpu" | "cuda", parameters: number, first: number }} Start */

/** One way of drawing, in a process of its own. */
class Way {
  /** @type {number[]} */
  milliseconds = [];

  /** @param {string} mode @param {Lines} lines @param {Start} start @param {string} file */
  constructor(mode, lines, start, file) {
    this.mode = mode;
    this.lines = lines;
    this.start = start;
    this.file = file;
  }

  async draw() {
    this.lines.send({ do: "draw", file: this.file });
    const { milliseconds } = /** @type {{ milliseconds: number }} */ (await this.lines.next());
    this.milliseconds.push(milliseconds);
  }

  images() {
    return new Float32Array(new Uint8Array(readFileSync(this.file)).buffer);
  }
}

const { folder, path } = writeJob(size);

/** One after another, so that each has the machine for itself until its first result. */
async function startAll() {
  /** @type {Way[]} */
  const ways = [];
  /** @param {string} mode @param {string} program @param {string[]} args */
  const start = async (mode, program, args) => {
    const lines = new Lines(mode, program, args);
    const started = /** @type {Start} */ (await lines.next());
    ways.push(new Way(mode, lines, started, join(folder, mode)));
  };
  for (const [mode, precision] of Object.entries(ours)) {
    await start(mode, process.execPath, [join(here, "worker.mjs"), path, precision]);
  }
  const { device = "cpu" } = ways[0].start;
  for (const [mode, options] of python ? Object.entries(theirs) : []) {
    await start(mode, python ?? "", [join(here, "worker.py"), path, "--device", device, ...options]);
  }
  return ways;
}

/** @param {Way} way @param {string} base */
function ratio({ milliseconds }, base) {
  const other = ways.find(({ mode }) => mode === base)?.milliseconds;
  return other ? median(milliseconds.map((value, round) => value / other[round])).toFixed(2) : "—";
}

/** Of pixels between -1 and 1: the largest difference, and the root of the mean square. @param {Way} way */
function difference(way) {
  const [images, others] = [way.images(), ways[0].images()];
  const differences = images.map((value, i) => Math.abs(value - others[i]));
  const square = differences.reduce((sum, value) => sum + value ** 2, 0) / differences.length;
  return [Math.max(...differences), Math.sqrt(square)].map((value) => value.toExponential(1));
}

const ways = await startAll();
const parameters = new Set(ways.map(({ start }) => start.parameters));
if (parameters.size > 1) throw new Error(`Not the same network: ${[...parameters].join(", ")} parameters`);

for (let round = 0; round < rounds; round++) for (const way of ways) await way.draw();
for (const { lines } of ways) lines.send({ do: "quit" });

console.log([...new Set(ways.map(({ start }) => start.library))].join("; "));
console.log(
  `${size.digits} digits, ${size.calls} calls, ${[...parameters].join()} parameters; median of ${rounds} rounds; ` +
    "ratios of times to pytorch, and to pytorch bfloat16",
);
printTable([
  ["", "×", "(×)", "ms", "first s", "largest difference", "root mean square"],
  ...ways.map((way) => [
    way.mode,
    ratio(way, "pytorch"),
    way.mode.endsWith("bfloat16") ? ratio(way, "pytorch bfloat16") : "",
    median(way.milliseconds).toFixed(0),
    way.start.first.toFixed(1),
    ...difference(way),
  ]),
]);
rmSync(folder, { recursive: true });
