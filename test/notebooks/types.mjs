// @ts-check
/** Type-checks notebooks as the kernel would, cell after cell, without running them. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { paths } from "../../kernel-setup/setup/environment.mjs";
import { labelOf, readNotebook, sourceOf } from "./files.mjs";

/**
 * See kernel-setup/kernel/check.ts.
 * @typedef {(root: string, folder: string, cells: string[]) => { cell: number, line: number, message: string }[]} CheckCells
 */

/** @type {{ checkCells: CheckCells }} */
const { checkCells } = createRequire(import.meta.url)(join(paths.distKernel, "main.cjs"));

/**
 * @param {string} path
 * @returns {import("./files.mjs").Defect[]}
 */
export function inspectTypes(path) {
  const { cells } = readNotebook(path);
  const sources = cells.map((cell) => (cell.cell_type === "code" ? sourceOf(cell) : ""));
  return checkCells(paths.root, dirname(path), sources).map(({ cell, line, message }) => ({
    cell: labelOf(cells[cell], cell),
    message: `line ${line}: ${message}`,
  }));
}
