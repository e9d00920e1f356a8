import { createHash } from "node:crypto";
import { displaySymbol, type Displayable, type MimeBundle } from "../notebook/show";
import { palette } from "./theme";

/** Where an exported page finds plotly.js, relative to the page itself. */
export const plotlyScript = "assets/plotly.min.js";

/** A Plotly figure as JSON; typed arrays are allowed for columns of numbers. */
export interface PlotlyFigure {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>> & {
    readonly title: string | Readonly<Record<string, unknown>>;
    /** In pixels: a slide that is still hidden has no size that could be asked for. */
    readonly width?: number;
    readonly height?: number;
  };
}

/** An interactive Plotly figure: by JupyterLab's own renderer, and as HTML that needs a local plotly.js and no network.
 * @throws RangeError if there is no trace, or a number in a trace is not finite. */
export function plotly({ data, layout }: PlotlyFigure): Displayable {
  if (data.length === 0) throw new RangeError("plotly: data is empty; give at least one trace.");
  const figure = {
    data: data.map((trace, i) => plain(trace, `data[${i}]`)),
    layout: { ...defaults, ...(plain(layout, "layout") as object) },
  };
  const title = typeof layout.title === "string" ? layout.title : String(layout.title.text);
  return {
    [displaySymbol](): MimeBundle {
      return {
        "application/vnd.plotly.v1+json": figure,
        "text/html": html(figure),
        "text/plain": `Figure: ${title}`,
      };
    },
  };
}

const defaults = {
  width: 640,
  height: 480,
  font: { size: 14 },
  margin: { l: 70, r: 30, t: 60, b: 60 },
  colorway: palette,
};

/** JSON has no typed arrays and turns NaN into null in silence; plotly.js 3 passes over titles that are mere strings. */
function plain(value: unknown, path: string): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new RangeError(
      `plotly: ${path} is ${value}: only finite numbers can be drawn (null leaves a gap).`,
    );
  }
  if (ArrayBuffer.isView(value)) return plain(Array.from(value as unknown as ArrayLike<number>), path);
  if (Array.isArray(value)) return value.map((item, i) => plain(item, `${path}[${i}]`));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === "title" && typeof item === "string" ? { text: item } : plain(item, `${path}.${key}`),
    ]),
  );
}

let figures = 0;

/** The first figure of a page loads the script, and all of them wait for it. */
function html(figure: object): string {
  const json = JSON.stringify(figure).replaceAll("<", "\\u003c");
  const id = `plotly-${createHash("sha256").update(json).digest("hex").slice(0, 12)}-${++figures}`;
  return `<div id="${id}" style="background:white"></div>
<script>
(() => {
  const place = document.getElementById("${id}");
  const figure = ${json};
  window.coursePlotly ??= new Promise((loaded, failed) => {
    if (window.Plotly) return loaded(window.Plotly);
    const script = document.createElement("script");
    script.src = "${plotlyScript}";
    script.onload = () => loaded(window.Plotly);
    script.onerror = () => failed(new Error("${plotlyScript} is not beside this page"));
    document.head.append(script);
  });
  window.coursePlotly
    .then((Plotly) => Plotly.newPlot(place, figure.data, figure.layout, { displaylogo: false, showLink: false }))
    .catch((error) => { place.textContent = "This figure cannot be drawn: " + error.message; });
})();
</script>`;
}
