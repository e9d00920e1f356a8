// @ts-check
/** The form in which notebooks are stored: no outputs, no traces of an editor, the JSON that Jupyter itself would write. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { discover, nameOf, readNotebook, sourceOf } from "./files.mjs";

/** @typedef {import("./files.mjs").Notebook} Notebook @typedef {import("./files.mjs").Cell} Cell */

export const kernelspec = { display_name: "TypeScript", language: "typescript", name: "typescript" };
export const languageInfo = {
  codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
  file_extension: ".ts",
  mimetype: "text/typescript",
  name: "typescript",
  version: "",
};

/**
 * The text of a notebook as it is stored: keys sorted, one space of indent, sources as lists of lines.
 * @param {Notebook} notebook
 */
export function normalise({ cells, metadata }) {
  const rest = without(metadata, ["execution", "widgets", "signature"]);
  const stored = {
    cells: cells.map(storedCell),
    metadata: { ...rest, kernelspec, language_info: languageInfo },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(sorted(stored), null, 1)}\n`;
}

/**
 * @param {Cell} cell
 * @param {number} index
 */
function storedCell(cell, index) {
  const metadata = without(cell.metadata, ["ExecuteTime", "collapsed", "execution", "scrolled", "trusted"]);
  // JupyterLab's property inspector leaves these when they say nothing.
  if (metadata.editable === true) delete metadata.editable;
  if (["", "-"].includes(metadata.slideshow?.slide_type)) delete metadata.slideshow;
  if (metadata.tags?.length === 0) delete metadata.tags;
  const source = sourceOf(cell)
    .trimEnd()
    .split(/(?<=\n)/);
  const common = {
    cell_type: cell.cell_type,
    id: cell.id ?? `cell-${index + 1}`,
    metadata,
    source: source[0] === "" ? [] : source,
  };
  return cell.cell_type === "code"
    ? { ...common, execution_count: null, outputs: [] }
    : { ...without(cell, []), ...common };
}

/**
 * @param {Record<string, any>} record
 * @param {string[]} keys
 */
function without(record, keys) {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

/**
 * The value with the keys of all its objects in order.
 * @param {any} value
 * @returns {any}
 */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/** Rewrites every notebook in its stored form: part of `npm run format`. */
export function main() {
  for (const path of discover()) {
    const text = normalise(readNotebook(path));
    if (text === readFileSync(path, "utf8")) continue;
    writeFileSync(path, text);
    console.log(`${nameOf(path)}: outputs and editor's traces removed`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
