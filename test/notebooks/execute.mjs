// @ts-check
/** Executes notebooks through real Jupyter and inspects what they showed: `npm run notebooks`. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { jupyterEnvironment, paths } from "../../kernel-setup/setup/environment.mjs";
import { Problem } from "../../kernel-setup/setup/problem.mjs";
import { describeDefect, discover, labelOf, nameOf, readNotebook } from "./files.mjs";
import { inspectOutputs } from "./outputs.mjs";

/** @typedef {import("./files.mjs").Defect} Defect */
/** @typedef {{ name: string, path: string, seconds: number, defects: Defect[] }} Execution  `path` is the executed copy's */

/** Where executed copies lie. */
export const executedFolder = join(paths.cache, "notebooks");
/** nbconvert's own Python, which has nbclient. */
const python = join(paths.pipxHome, "venvs", "nbconvert", "bin", "python");
const runner = fileURLToPath(new URL("run.py", import.meta.url));

/**
 * Executes one notebook into `.cache/notebooks` and inspects the result.
 * @param {string} source  path of the notebook
 * @param {{ cellSeconds?: number, onCell?: (cell: string) => void }} [options]
 * @returns {Promise<Execution>}
 */
export async function executeNotebook(source, { cellSeconds = 900, onCell = () => {} } = {}) {
  const name = nameOf(source);
  const cells = readNotebook(source).cells;
  const print = fingerprint(source);
  const path = join(executedFolder, `${name}.ipynb`);
  const draft = `${path}.${process.pid}`;
  mkdirSync(executedFolder, { recursive: true });
  const begin = performance.now();
  let cell = "the kernel's start";
  /** @type {Defect[]} */
  const defects = [];
  const stderr = await run([runner, source, draft, String(cellSeconds)], (message) => {
    if (message.cell !== undefined) onCell((cell = labelOf(cells[message.cell], message.cell)));
    if (message.failure !== undefined) defects.push({ cell, message: message.failure });
  });
  const seconds = (performance.now() - begin) / 1000;
  if (stderr !== undefined) throw new Problem(`Jupyter could not execute ${name}:`, stderr);
  const executed = readNotebook(draft);
  defects.push(...(defects.length > 0 ? [] : inspectOutputs(executed)));
  executed.metadata.execution = { fingerprint: print, seconds, defects };
  writeFileSync(draft, JSON.stringify(executed, null, 1));
  renameSync(draft, path);
  return { name, path, seconds, defects };
}

/**
 * Starts the execution of many notebooks, in their order; each promise settles when its notebook is done. One at a time is right where times
 * are told. Two at a time have all of them done sooner, since none keeps two cores busy throughout.
 * @param {string[]} sources
 * @param {{ atATime?: number, onCell?: (name: string, cell: string) => void }} [options]
 * @returns {Map<string, Promise<Execution>>} by name
 */
export function executeNotebooks(sources, { atATime = 1, onCell = () => {} } = {}) {
  let free = atATime;
  /** @type {(() => void)[]} */
  const waiting = [];
  /** @returns {Promise<void>} */
  const turn = () =>
    new Promise((resolve) => {
      if (free === 0) return void waiting.push(resolve);
      free--;
      resolve();
    });
  const done = () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return new Map(
    sources.map((source) => {
      const name = nameOf(source);
      const execution = turn()
        .then(() => executeNotebook(source, { onCell: (cell) => onCell(name, cell) }))
        .finally(done);
      // Whoever waits for it gets the error; until then it must not end the process.
      execution.catch(() => {});
      return [name, execution];
    }),
  );
}

/**
 * The sound executed copy of a notebook, if neither the notebook nor the library nor the kernel has changed since.
 * @param {string} source
 * @returns {string | undefined} its path
 */
export function freshExecution(source) {
  const path = join(executedFolder, `${nameOf(source)}.ipynb`);
  if (!existsSync(path)) return undefined;
  const { fingerprint: print, defects } = readNotebook(path).metadata.execution ?? {};
  return print === fingerprint(source) && defects.length === 0 ? path : undefined;
}

/**
 * @param {string} source
 * @returns {string}
 */
function fingerprint(source) {
  const hash = createHash("sha256").update(readFileSync(source));
  for (const folder of [paths.distLib, paths.distKernel]) {
    const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).sort() : [];
    for (const file of files.filter((file) => /\.c?js$/.test(file)))
      hash.update(readFileSync(join(folder, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * @param {string[]} args
 * @param {(message: { cell?: number, failure?: string }) => void} onMessage
 * @returns {Promise<string | undefined>} what it wrote to stderr if it failed
 */
function run(args, onMessage) {
  return new Promise((resolve, reject) => {
    const child = spawn(python, args, { env: jupyterEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    createInterface({ input: child.stdout }).on("line", (line) => {
      onMessage(JSON.parse(line));
    });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve(code === 0 ? undefined : stderr || `exit code ${code}`);
    });
  });
}

/**
 * `npm run notebooks [-- name …]`
 * @param {string[]} args  parts of the names of the notebooks to execute; none: all
 * @returns {Promise<number>} exit code
 */
export async function main(args) {
  const sources = discover({ wanted: args });
  let failed = 0;
  for (const execution of executeNotebooks(sources, { onCell: showProgress }).values()) {
    const { name, seconds, defects } = await execution;
    clearProgress();
    console.log(`${defects.length === 0 ? "ok    " : "FAILED"} ${name}  ${seconds.toFixed(1)} s`);
    for (const defect of defects) console.log(describeDefect(name, defect));
    if (defects.length > 0) failed++;
  }
  return failed === 0 ? 0 : 1;
}

/**
 * @param {string} name
 * @param {string} cell
 */
export function showProgress(name, cell) {
  if (process.stdout.isTTY)
    process.stdout.write(`\r\u001b[K${name}: ${cell}`.slice(0, process.stdout.columns));
}

export function clearProgress() {
  if (process.stdout.isTTY) process.stdout.write("\r\u001b[K");
}
