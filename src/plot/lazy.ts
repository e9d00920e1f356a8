import { createRequire } from "node:module";

/** Drawing libraries are heavy (Vega takes 0.2 s and 60 MB) and most cells draw nothing: load them at the first picture. */
const load = createRequire(__filename);

export const vega = (): typeof import("vega") => load("vega") as typeof import("vega");
export const vegaLiteCompiler = (): typeof import("vega-lite") =>
  load("vega-lite") as typeof import("vega-lite");
export const dagre = (): Dagre => load("@dagrejs/dagre") as Dagre;
export const pngjs = (): typeof import("pngjs") => load("pngjs") as typeof import("pngjs");

/** What is used of dagre, whose own declarations only an ES module can read. */
interface Dagre {
  readonly Graph: new () => DagreGraph;
  /** Gives each node its place, and each edge its points. */
  readonly layout: (graph: DagreGraph) => void;
}

interface DagreGraph {
  setGraph(options: Readonly<Record<string, string | number>>): void;
  setNode(id: string, size: { width: number; height: number }): void;
  setEdge(from: string, to: string, label: object): void;
  graph(): { readonly width: number; readonly height: number };
  node(id: string): {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  edges(): readonly { readonly v: string; readonly w: string }[];
  edge(from: string, to: string): { readonly points: readonly { readonly x: number; readonly y: number }[] };
}
