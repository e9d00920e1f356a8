// @ts-check
/** The kernel beside ipykernel and stock tslab: started in turns, so that all see the same machine; medians. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { jupyterEnvironment, paths } from "../../kernel-setup/setup/environment.mjs";
import { median } from "./statistics.mjs";

const rounds = 5;
const kernels = { typescript: "this kernel", python: "ipykernel", "tslab-stock": "stock tslab" };
const peer = "python";

/** @typedef {Record<string, number | null>} Figures */

/** @type {Record<string, { title: string, digits: number, goal?: string }>} */
const rows = {
  ready: { title: "start to kernel_info_reply, s", digits: 2 },
  firstCell: { title: "start to the first cell's end, s", digits: 2, goal: "1.0" },
  memory: { title: "memory before the first import, MB", digits: 0, goal: "120" },
  library: { title: "cell that imports the library, s", digits: 2, goal: "1.5" },
  cell: { title: "round trip of a trivial cell, s", digits: 3 },
  later: { title: "the same after 100 cells that declare, s", digits: 3 },
  lines: { title: "lines of output per second", digits: 0 },
  interrupt: { title: "interrupt to the cell's end, s", digits: 2, goal: "2" },
  shutdown: { title: "shutdown to the last process's end, s", digits: 2, goal: "2" },
};

/** @param {string} kernel @returns {Figures} */
function measure(kernel) {
  const program = join(paths.root, "test", "kernel", "measure.py");
  const env = { ...jupyterEnvironment(), KERNEL: kernel };
  return JSON.parse(execFileSync(paths.testPython, [program], { env, encoding: "utf8" }));
}

/** @param {Figures[]} runs @param {string} row */
function figure(runs, row) {
  const values = runs.map((run) => run[row]).filter((value) => value !== null);
  return values.length > 0 ? median(values) : undefined;
}

measure("typescript"); // Compiles what has changed.

/** @type {Map<string, Figures[]>} */
const runs = new Map(Object.keys(kernels).map((kernel) => [kernel, []]));
for (let round = 0; round < rounds; round++) for (const [kernel, found] of runs) found.push(measure(kernel));

/** @param {string[]} cells */
const print = ([title, ...cells]) =>
  console.log(title.padEnd(42) + cells.map((cell) => cell.padStart(20)).join(""));

print([`median of ${rounds} (× ipykernel's)`, ...Object.values(kernels), "goal"]);
for (const [row, { title, digits, goal = "" }] of Object.entries(rows)) {
  const base = figure(runs.get(peer) ?? [], row);
  const cells = [...runs.values()].map((found) => {
    const value = figure(found, row);
    if (value === undefined) return "—";
    return value.toFixed(digits) + (base ? ` (${(value / base).toFixed(2)}×)` : "");
  });
  print([title, ...cells, goal && `≤ ${goal}`]);
}
