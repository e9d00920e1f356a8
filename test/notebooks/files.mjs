// @ts-check
/** The course's notebooks as files: finding, reading, naming their cells. */
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { paths } from "../../kernel-setup/setup/environment.mjs";
import { Problem } from "../../kernel-setup/setup/problem.mjs";

/**
 * @typedef {Record<string, any>} Output
 * @typedef {{ cell_type: "code" | "markdown" | "raw", id?: string, source: string | string[], metadata: Record<string, any>,
 *   execution_count?: number | null, outputs?: Output[] }} Cell
 * @typedef {{ cells: Cell[], metadata: Record<string, any>, nbformat: number, nbformat_minor: number }} Notebook
 * @typedef {{ cell?: string, message: string }} Defect  what is wrong, and in which cell (none: the notebook itself)
 */

/**
 * Paths of the notebooks in a folder, in the course's order; only those whose name contains one of `wanted`, if given.
 * @param {{ folder?: string, wanted?: string[] }} [options]
 */
export function discover({ folder = paths.notebooks, wanted = [] } = {}) {
  const all = readdirSync(folder).filter((file) => file.endsWith(".ipynb"));
  for (const name of wanted) {
    if (!all.some((file) => file.includes(name))) {
      throw new Problem(
        `No notebook is called "${name}".`,
        `There are: ${all.map(nameOf).join(", ") || "none"}.`,
      );
    }
  }
  return all
    .filter((file) => wanted.length === 0 || wanted.some((name) => file.includes(name)))
    .sort()
    .map((file) => join(folder, file));
}

/** @param {string} path */
export function nameOf(path) {
  return basename(path, ".ipynb");
}

/**
 * @param {string} path
 * @returns {Notebook}
 */
export function readNotebook(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Problem(
      `${path} is not a notebook: ${/** @type {Error} */ (error).message}`,
      "Restore it with git, or mend its JSON.",
    );
  }
}

/** @param {{ source: string | string[] }} cell */
export function sourceOf(cell) {
  return typeof cell.source === "string" ? cell.source : cell.source.join("");
}

/**
 * How people find a cell: its number from the top (all cells count) and its first line.
 * @param {Cell} cell
 * @param {number} index
 */
export function labelOf(cell, index) {
  const line = sourceOf(cell).trim().split("\n", 1)[0];
  const shown = line.length > 60 ? `${line.slice(0, 59)}…` : line;
  return `cell ${index + 1} (${shown || "empty"})`;
}

/**
 * @param {string} name  of the notebook
 * @param {Defect} defect
 */
export function describeDefect(name, { cell, message }) {
  return [name, cell, message].filter(Boolean).join(": ");
}
