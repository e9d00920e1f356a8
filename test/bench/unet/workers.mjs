// @ts-check
/**
 * The processes that are measured. Each has built its network, and waits for commands on stdin, a line of JSON each:
 * {"do": "train" | "forward", "steps": 2}, {"do": "quit"}. At its start and to each command it answers with one line:
 * {@link Start}, {@link Answer}. Waiting costs nothing, so that all may be alive at once and take turns.
 */
import { execFileSync, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));

/** @typedef {{ batch: number, base: number, size: number }} Shape */

/**
 * @typedef {object} Start
 * @property {string} library with its device
 * @property {"cpu" | "cuda"} [device]
 * @property {number} parameters
 * @property {number} first seconds from the start of building to the first loss
 * @property {number} [trace] how many of them until a compiled step is ready to run
 * @property {number | null} operations of a training step
 * @property {number} loss
 */

/** @typedef {{ milliseconds: number[], loss: number, peak: number }} Answer `peak`: resident memory, in MB */

/** Options of worker.py. @type {Record<string, string[]>} */
const ofPyTorch = {
  pytorch: [],
  "pytorch contiguous": ["--contiguous"],
  "pytorch bfloat16": ["--bfloat16"],
  "pytorch compiled": ["--compile"],
  "pytorch compiled bfloat16": ["--compile", "--bfloat16"],
};

/** @param {string} mode */
export const isPyTorch = (mode) => mode in ofPyTorch;

export const modes = [
  "naive",
  "eager",
  "compiled",
  "compiled bfloat16",
  "compiled xla",
  ...Object.keys(ofPyTorch),
];

/** The Python that has PyTorch, if the user names one; says so if not. */
export function findPyTorch() {
  const python = process.env.COURSE_TORCH_PYTHON;
  if (!python) {
    console.log("Without PyTorch: COURSE_TORCH_PYTHON names no Python that has it.");
    return undefined;
  }
  try {
    execFileSync(python, ["-c", "import torch"], { stdio: "ignore" });
    return python;
  } catch {
    console.log(`Without PyTorch: ${python} (COURSE_TORCH_PYTHON) cannot import torch.`);
    return undefined;
  }
}

/**
 * @param {string} mode
 * @param {Shape} shape
 * @param {{ python: string | undefined, device: "cpu" | "cuda" | undefined }} peer
 * @returns {Promise<Worker>} once the first step is done
 */
export async function startWorker(mode, shape, { python, device = "cpu" }) {
  const numbers = Object.entries(shape).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const [program, ...args] =
    isPyTorch(mode) && python
      ? [python, join(folder, "worker.py"), ...numbers, "--device", device, ...ofPyTorch[mode]]
      : [process.execPath, join(folder, "worker.mjs"), mode, JSON.stringify(shape)];
  const lines = new Lines(mode, program, args);
  return new Worker(mode, lines, /** @type {Start} */ (await lines.next()));
}

/** A process that is spoken with in lines of JSON. */
export class Lines {
  /** @param {string} name @param {string} program @param {string[]} args */
  constructor(name, program, args) {
    this.name = name;
    this.errors = "";
    const process = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    process.stderr.on("data", (/** @type {Buffer} */ data) => (this.errors += data.toString()));
    this.output = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
    this.input = process.stdin;
  }

  /** @param {object} value */
  send(value) {
    this.input.write(JSON.stringify(value) + "\n");
  }

  /** @returns {Promise<unknown>} */
  async next() {
    const { value, done } = await this.output.next();
    if (done)
      throw new Error(`${this.name} has ended: ${this.errors.trim().split("\n").slice(-3).join("\n")}`);
    return JSON.parse(value);
  }
}

export class Worker {
  /** @param {string} mode @param {Lines} lines @param {Start} start */
  constructor(mode, lines, start) {
    this.mode = mode;
    this.lines = lines;
    this.start = start;
  }

  /** @param {"train" | "forward"} what @param {number} steps @returns {Promise<Answer>} */
  async run(what, steps) {
    this.lines.send({ do: what, steps });
    return /** @type {Answer} */ (await this.lines.next());
  }

  quit() {
    this.lines.send({ do: "quit" });
  }
}

/** Numbers to the right, the first column to the left. @param {readonly (readonly string[])[]} rows */
export function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
    console.log(cells.join("   ").trimEnd());
  }
}
