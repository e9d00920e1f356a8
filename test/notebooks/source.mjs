// @ts-check
/** What a notebook must be as stored: clean, titled, ready for slides, with links that lead somewhere. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { labelOf, nameOf, readNotebook, sourceOf } from "./files.mjs";
import { kernelspec, normalise } from "./stored-form.mjs";

/** @typedef {import("./files.mjs").Notebook} Notebook @typedef {import("./files.mjs").Cell} Cell */
/** @typedef {import("./files.mjs").Defect} Defect */

const slideTypes = ["slide", "subslide", "fragment", "notes", "skip"];

/**
 * The defects of a notebook as it is stored.
 * @param {string} path
 * @returns {Defect[]}
 */
export function inspectSource(path) {
  const notebook = readNotebook(path);
  const defects = [...inspectMetadata(notebook), ...inspectCells(notebook), ...inspectLinks(notebook, path)];
  const text = readFileSync(path, "utf8");
  if (defects.length === 0 && text !== normalise(notebook)) {
    defects.push({ message: "is not in its stored form: run `npm run format`" });
  }
  return defects;
}

/**
 * @param {Notebook} notebook
 * @returns {Defect[]}
 */
function inspectMetadata({ cells, metadata }) {
  /** @type {Defect[]} */
  const defects = [];
  for (const [key, value] of Object.entries(kernelspec)) {
    const found = metadata.kernelspec?.[key];
    if (found !== value)
      defects.push({ message: `kernelspec.${key} is ${JSON.stringify(found)}, not "${value}"` });
  }
  const first = cells[0];
  if (first?.cell_type !== "markdown" || !sourceOf(first).startsWith("# ")) {
    defects.push({ message: "the first cell is not a title (Markdown that starts with `# `)" });
  }
  if (first?.metadata.slideshow?.slide_type !== "slide") {
    defects.push({ message: "the first cell does not start a slide (slideshow.slide_type)" });
  }
  return defects;
}

/**
 * @param {Notebook} notebook
 * @returns {Defect[]}
 */
function inspectCells({ cells }) {
  const ids = new Set();
  return cells.flatMap((cell, index) => {
    const messages = [];
    const slide = cell.metadata.slideshow?.slide_type;
    if (cell.outputs && cell.outputs.length > 0)
      messages.push("is stored with outputs: run `npm run format`");
    if (typeof cell.execution_count === "number")
      messages.push("is stored with its execution count: run `npm run format`");
    if (slide && slide !== "-" && !slideTypes.includes(slide)) {
      messages.push(`slide type ${JSON.stringify(slide)} is none of ${slideTypes.join(", ")}`);
    }
    if (!cell.id) messages.push("has no id: run `npm run format`");
    else if (ids.has(cell.id)) messages.push(`shares its id "${cell.id}" with a cell above`);
    ids.add(cell.id);
    return messages.map((message) => ({ cell: labelOf(cell, index), message }));
  });
}

/**
 * Links and pictures that lead to no file or heading. Addresses on the web are left alone: nothing loads them.
 * @param {Notebook} notebook
 * @param {string} path
 * @returns {Defect[]}
 */
function inspectLinks({ cells }, path) {
  return cells.flatMap((cell, index) => {
    if (cell.cell_type !== "markdown") return [];
    const prose = sourceOf(cell).replace(/^```[^]*?^```|`[^`\n]*`|\$\$[^]*?\$\$|\$[^$\n]*\$/gm, "");
    const links = [...prose.matchAll(/(!?)\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)];
    return links.flatMap(([, image, target]) => {
      const message =
        image && /^https?:/.test(target) ? "loads a picture from the web" : brokenLink(target, path);
      return message ? [{ cell: labelOf(cell, index), message: `${message}: ${target}` }] : [];
    });
  });
}

/**
 * @param {string} target
 * @param {string} from  path of the notebook with the link
 */
function brokenLink(target, from) {
  if (/^(https?:|mailto:|attachment:|data:)/.test(target)) return undefined;
  const [file, heading] = decodeURIComponent(target).split("#");
  const path = file ? normalize(join(dirname(from), file)) : from;
  if (!existsSync(path)) return "links to a file that does not exist";
  if (!heading || !path.endsWith(".ipynb")) return undefined;
  return headings(path).includes(heading)
    ? undefined
    : `links to a heading that ${nameOf(path)} does not have`;
}

/**
 * Anchors as JupyterLab makes them: the heading with hyphens for spaces.
 * @param {string} path
 */
function headings(path) {
  return readNotebook(path)
    .cells.filter((cell) => cell.cell_type === "markdown")
    .flatMap((cell) => [...sourceOf(cell).matchAll(/^#{1,6} +(.+)$/gm)])
    .map(([, title]) => title.trim().replaceAll(" ", "-"));
}
