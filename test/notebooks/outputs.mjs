// @ts-check
/** What an executed notebook must look like: every cell ran to its end, nothing was lost, every figure shows something. */
import { PNG } from "pngjs";
import { labelOf } from "./files.mjs";

/** @typedef {import("./files.mjs").Notebook} Notebook @typedef {import("./files.mjs").Cell} Cell */
/** @typedef {import("./files.mjs").Output} Output @typedef {import("./files.mjs").Defect} Defect */

/**
 * The defects of an executed notebook; none if it is sound. A cell with Jupyter's tag `raises-exception` must end in an error.
 * @param {Notebook} notebook
 * @returns {Defect[]}
 */
export function inspectOutputs(notebook) {
  /** @type {Defect[]} */
  const defects = [];
  let count = 0;
  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.cell_type !== "code" || !String(cell.source).trim()) continue;
    const messages = [...executionDefects(cell, ++count), ...(cell.outputs ?? []).flatMap(outputDefects)];
    const errors = (cell.outputs ?? []).filter((output) => output.output_type === "error");
    const expected = cell.metadata.tags?.includes("raises-exception") === true;
    if (!expected) messages.push(...errors.map(describeError));
    if (expected && errors.length === 0) messages.push("is tagged raises-exception but raised nothing");
    defects.push(...messages.map((message) => ({ cell: labelOf(cell, index), message })));
    // The cells after an unexpected error have not run: one defect says it all.
    if (!expected && errors.length > 0) break;
  }
  return defects;
}

/**
 * @param {Cell} cell
 * @param {number} expected
 * @returns {string[]}
 */
function executionDefects(cell, expected) {
  const times = cell.metadata.execution ?? {};
  if (typeof cell.execution_count !== "number") return ["was not executed: it has no execution count"];
  if (cell.execution_count !== expected) {
    return [`has execution count ${cell.execution_count} where ${expected} was due`];
  }
  if (!times["shell.execute_reply"]) return ["got no reply from the kernel"];
  if (!times["iopub.status.idle"]) return ["never became idle: output may be lost"];
  return [];
}

/** @param {Output} output */
function describeError(output) {
  // The traceback repeats name and message, by Jupyter's custom.
  const trace = (output.traceback ?? []).join("\n").trim();
  return `raised an error\n${stripColours(trace || `${output.ename}: ${output.evalue}`)}`;
}

/**
 * @param {Output} output
 * @returns {string[]}
 */
function outputDefects(output) {
  if (output.output_type === "error") return [];
  if (output.output_type === "stream") {
    const text = join(output.text);
    const stderr = output.name === "stderr" ? [`wrote to stderr: ${stripColours(text).trim()}`] : [];
    return [...stderr, ...webAddresses(text)];
  }
  const data = output.data ?? {};
  if (Object.keys(data).length === 0) return ["shows a bundle without any format"];
  return [...figureDefects(data), ...webAddresses(data)];
}

/**
 * @param {Record<string, any>} data
 * @returns {string[]}
 */
function figureDefects(data) {
  const defects = [];
  const types = Object.keys(data);
  if (types.some((type) => type.includes("vegalite")) && !data["image/svg+xml"]) {
    defects.push("has a Vega-Lite figure without its SVG");
  }
  if (data["image/svg+xml"] !== undefined) defects.push(...svgDefects(join(data["image/svg+xml"])));
  if (data["image/png"] !== undefined) defects.push(...pngDefects(join(data["image/png"])));
  const plotly = data["application/vnd.plotly.v1+json"];
  if (plotly && !data["text/html"]) defects.push("has a Plotly figure without its HTML");
  if (plotly && !(plotly.data ?? []).some(hasPoints))
    defects.push("has an empty figure: Plotly without points");
  if (data["text/html"] !== undefined && !join(data["text/html"]).trim()) defects.push("has empty HTML");
  return defects;
}

/** @param {string} svg */
function svgDefects(svg) {
  // Vega puts data in groups of the role "mark"; axes, titles and legends have roles of their own.
  const marks = /class="mark-/.test(svg)
    ? /role-mark[^>]*>\s*<(?!\/g>)/.test(svg)
    : /<(path|rect|circle|ellipse|line|poly|text|image|use)\b/.test(svg);
  if (!marks) return ["has an empty figure: SVG without marks"];
  return /(?:\bd|points|transform|[xy]|width|height)="[^"]*NaN/.test(svg)
    ? ["has a figure drawn at NaN"]
    : [];
}

/** @param {string} base64 */
function pngDefects(base64) {
  let image;
  try {
    image = PNG.sync.read(Buffer.from(base64, "base64"));
  } catch (error) {
    return [`has a PNG that cannot be read: ${/** @type {Error} */ (error).message}`];
  }
  const pixels = new Uint32Array(image.data.buffer, image.data.byteOffset, image.width * image.height);
  return pixels.every((pixel) => pixel === pixels[0]) ? ["has an empty figure: PNG of one colour"] : [];
}

/** @param {Record<string, any>} trace */
function hasPoints(trace) {
  return ["x", "y", "z", "values", "labels", "r", "lat"].some((axis) => {
    const points = trace[axis];
    return Array.isArray(points) ? points.length > 0 : points?.bdata !== undefined;
  });
}

/**
 * Addresses on the web anywhere in an output. XML namespaces, `$schema` and licences are names, never fetched.
 * @param {unknown} value
 * @returns {string[]}
 */
function webAddresses(value) {
  const text = JSON.stringify(value, (key, item) =>
    key === "$schema" || key === "image/png" ? undefined : item,
  );
  const found =
    text.match(/\bhttps?:\/\/(?!www\.w3\.org\/|creativecommons\.org\/licenses\/)[^\s"'\\<>)]+/g) ?? [];
  return [...new Set(found)].map((address) => `has a web address in its output: ${address}`);
}

/**
 * Notebooks store long text as a list of lines.
 * @param {string | string[]} text
 */
function join(text) {
  return Array.isArray(text) ? text.join("") : text;
}

/** @param {string} text */
function stripColours(text) {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
