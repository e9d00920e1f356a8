import { createRequire } from "node:module";

/** Drawing libraries are heavy (Vega takes 0.2 s and 60 MB) and most cells draw nothing: load them at the first picture. */
const load = createRequire(__filename);

export const vega = (): typeof import("vega") => load("vega") as typeof import("vega");
export const vegaLiteCompiler = (): typeof import("vega-lite") =>
  load("vega-lite") as typeof import("vega-lite");
export const pngjs = (): typeof import("pngjs") => load("pngjs") as typeof import("pngjs");
