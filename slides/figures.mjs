// @ts-check
/** Figures that move in a deck: Plotly's, and Vega-Lite's with sliders. All others are shown as their pictures. */
import { compile } from "vega-lite";

/** @typedef {import("../test/notebooks/files.mjs").Notebook} Notebook */
/** @typedef {"vega.min.js" | "plotly.min.js"} Script */

/**
 * Replaces each moving figure of an executed notebook by a placeholder that deck.js draws.
 * @param {Notebook} notebook  changed in place
 * @returns {Set<Script>} what the deck needs to draw them
 */
export function prepareFigures(notebook) {
  /** @type {Set<Script>} */
  const scripts = new Set();
  for (const { outputs = [] } of notebook.cells) {
    for (const output of outputs) {
      const figure = liveFigure(output.data ?? {});
      if (!figure) continue;
      output.data = { "text/html": placeholder(figure) };
      scripts.add(figure.script);
    }
  }
  return scripts;
}

/**
 * @param {Record<string, any>} data  a MIME bundle
 * @returns {{ script: Script, kind: "vega" | "plotly", spec: unknown } | undefined}
 */
function liveFigure(data) {
  const plotly = data["application/vnd.plotly.v1+json"];
  if (plotly) return { script: "plotly.min.js", kind: "plotly", spec: plotly };
  const vegaLite = data["application/vnd.vegalite.v5+json"];
  if (!hasControls(vegaLite)) return undefined;
  return { script: "vega.min.js", kind: "vega", spec: compile(vegaLite).spec };
}

/**
 * Whether a specification binds a parameter to a slider, a menu or the like, at its top or in a layer.
 * @param {any} spec
 * @returns {boolean}
 */
function hasControls(spec) {
  if (spec === null || typeof spec !== "object") return false;
  const bound =
    Array.isArray(spec.params) && spec.params.some((/** @type {any} */ { bind }) => bind !== undefined);
  return bound || [spec.layer, spec.concat, spec.hconcat, spec.vconcat].flat().some(hasControls);
}

/** @param {{ kind: string, spec: unknown }} figure */
function placeholder({ kind, spec }) {
  // No `<` may end the script element early.
  const json = JSON.stringify(spec).replaceAll("<", "\\u003c");
  return `<div data-figure="${kind}"><script type="application/json">${json}</script></div>`;
}
