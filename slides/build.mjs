// @ts-check
/** Slides from notebooks: `npm run slides [-- name …] [--no-execute]` writes slides/out, which works from a disk. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { jupyterEnvironment, paths } from "../kernel-setup/setup/environment.mjs";
import { Problem } from "../kernel-setup/setup/problem.mjs";
import {
  clearProgress,
  executeNotebooks,
  executedFolder,
  freshExecution,
  showProgress,
} from "../test/notebooks/execute.mjs";
import { describeDefect, discover, nameOf, readNotebook, sourceOf } from "../test/notebooks/files.mjs";
import { copyAssets } from "./assets.mjs";
import { prepareFigures } from "./figures.mjs";

/** @typedef {import("../test/notebooks/files.mjs").Notebook} Notebook */
/** @typedef {{ name: string, title: string, scripts: Set<string> }} Deck */

export const out = join(paths.slides, "out");
const config = fileURLToPath(new URL("nbconvert_config.py", import.meta.url));

/**
 * @param {string[]} args  names of notebooks (none: all), `--no-execute` to take the executed copies as they are
 * @returns {Promise<number>} exit code
 */
export async function main(args) {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { "no-execute": { type: "boolean", default: false } },
  });
  const sources = discover({ wanted: positionals });
  const executed = await (values["no-execute"] ? existing(sources) : execute(sources));
  await writeDecks(executed);
  return 0;
}

/**
 * Executed copies as they are, fresh or not.
 * @param {string[]} sources
 */
function existing(sources) {
  const copies = sources.map((source) => join(executedFolder, `${nameOf(source)}.ipynb`));
  const missing = copies.filter((path) => !existsSync(path)).map(nameOf);
  if (missing.length > 0) {
    throw new Problem(`Not executed yet: ${missing.join(", ")}.`, "Leave out --no-execute.");
  }
  return copies;
}

/**
 * Executes the notebooks that have changed since their last execution.
 * @param {string[]} sources
 * @returns {Promise<string[]>} the executed copies
 */
async function execute(sources) {
  const stale = sources.filter((source) => freshExecution(source) === undefined);
  /** @type {string[]} */
  const defects = [];
  for (const execution of executeNotebooks(stale, { onCell: showProgress }).values()) {
    const { name, seconds, defects: found } = await execution;
    clearProgress();
    console.log(`${name} executed in ${seconds.toFixed(1)} s`);
    defects.push(...found.map((defect) => describeDefect(name, defect)));
  }
  if (defects.length > 0) throw new Problem(defects.join("\n"), "Mend the notebook: no slides were made.");
  return existing(sources);
}

/**
 * Writes all decks beside the old ones and changes them over at the end.
 * @param {string[]} executed
 */
async function writeDecks(executed) {
  const draft = `${out}.${process.pid}`;
  const prepared = join(paths.cache, "slides", "notebooks");
  for (const folder of [draft, prepared]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  try {
    const decks = executed.map((path) => prepare(path, prepared));
    console.log("nbconvert …");
    await convert(
      decks.map(({ name }) => join(prepared, `${name}.ipynb`)),
      draft,
    );
    await copyAssets(join(draft, "assets"), new Set(decks.flatMap(({ scripts }) => [...scripts])));
    writeFileSync(join(draft, "index.html"), indexPage(decks));
    rmSync(out, { recursive: true, force: true });
    renameSync(draft, out);
    const size = (folderSize(out) / 1e6).toFixed(1);
    console.log(
      `${decks.length} decks in ${relative(process.cwd(), join(out, "index.html"))}, ${size} MB with all they load`,
    );
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/**
 * Stores what nbconvert is to convert: the executed notebook with placeholders for live figures.
 * @param {string} path
 * @param {string} folder
 * @returns {Deck}
 */
function prepare(path, folder) {
  const name = nameOf(path);
  const notebook = readNotebook(path);
  const scripts = prepareFigures(notebook);
  linkToDecks(notebook);
  const title = /^# +(.+)$/m.exec(sourceOf(notebook.cells[0]))?.[1] ?? name;
  notebook.metadata = { ...notebook.metadata, title, scripts: [...scripts] };
  writeFileSync(join(folder, `${name}.ipynb`), JSON.stringify(notebook));
  return { name, title, scripts };
}

/**
 * Links from notebook to notebook become links from deck to deck.
 * @param {Notebook} notebook  changed in place
 */
function linkToDecks({ cells }) {
  for (const cell of cells.filter((cell) => cell.cell_type === "markdown")) {
    cell.source = sourceOf(cell).replace(/(\]\([^)\s]+)\.ipynb(#[^)\s]*)?/g, "$1.html");
  }
}

/**
 * @param {string[]} notebooks
 * @param {string} target
 */
async function convert(notebooks, target) {
  const options = ["--to", "slides", "--config", config, "--output-dir", target, "--log-level", "WARN"];
  try {
    await promisify(execFile)(paths.nbconvert, [...options, ...notebooks], { env: jupyterEnvironment() });
  } catch (error) {
    throw new Problem("nbconvert failed:", /** @type {any} */ (error).stderr || String(error));
  }
}

/** @param {Deck[]} decks */
function indexPage(decks) {
  const items = decks.map(
    ({ name, title }) => `<li><a href="${encodeURIComponent(name)}.html">${escape(title)}</a></li>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Diffusion models: slides</title>
<link rel="icon" href="data:,">
<style>body { font: 24px/1.6 system-ui, sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em }</style>
<h1>Diffusion models</h1>
<ol start="0">
${items.join("\n")}
</ol>
<p>Keys: space for the next slide, <b>s</b> for the speaker’s view with notes, <b>f</b> for the full screen,
<b>o</b> for the overview. Add <code>?print-pdf</code> to an address to print it.</p>
</html>
`;
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** @param {string} folder */
function folderSize(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files.reduce(
    (sum, file) => sum + (file.isFile() ? statSync(join(file.parentPath, file.name)).size : 0),
    0,
  );
}
