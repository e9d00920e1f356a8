import { dagre } from "./lazy";
import { vegaLite, type Figure } from "./vega-lite";

/** A node of a graph that is drawn. */
export interface GraphNode {
  readonly id: string;
  readonly label: string;
  /** What it is: nodes of a kind have a colour. */
  readonly kind: string;
  /** The nodes from which arrows lead here. */
  readonly from: readonly string[];
}

export interface GraphOptions {
  readonly title: string;
  /** What the kinds are. */
  readonly legend: string;
}

const [letter, lineHeight, padding] = [7.2, 26, 14];

/** A directed graph, drawn in layers from top to bottom (Sugiyama et al. 1981; layout by dagre).
 * @throws RangeError if there is no node, two have one id, or an arrow comes from a node that is not there */
export function graph(nodes: readonly GraphNode[], { title, legend }: GraphOptions): Figure {
  checkNodes(nodes);
  const { boxes, arrows, width, height } = layout(nodes);
  const place = (field: string): object => ({
    field,
    type: "quantitative",
    axis: null,
    scale: {
      domain: [0, field.startsWith("x") ? width : height],
      reverse: !field.startsWith("x"),
      nice: false,
    },
  });
  const ends = arrows.map(({ points, edge }) => ({
    edge,
    ...points[points.length - 1],
    angle: direction(points),
  }));
  return vegaLite(
    {
      title,
      config: { view: { stroke: null } },
      layer: [
        {
          data: {
            values: arrows.flatMap(({ edge, points }) => points.map((point, i) => ({ edge, i, ...point }))),
          },
          mark: { type: "line", color: "#888", strokeWidth: 1.2, interpolate: "linear" },
          encoding: { x: place("x"), y: place("y"), detail: { field: "edge" }, order: { field: "i" } },
        },
        {
          data: { values: ends },
          mark: { type: "point", shape: "triangle", filled: true, color: "#888", size: 45, opacity: 1 },
          encoding: {
            x: place("x"),
            y: place("y"),
            angle: { field: "angle", type: "quantitative", scale: null },
          },
        },
        {
          data: { values: boxes },
          mark: { type: "rect", cornerRadius: 5, fillOpacity: 0.25, strokeWidth: 1.2 },
          encoding: {
            x: place("x"),
            x2: { field: "x2" },
            y: place("y"),
            y2: { field: "y2" },
            color: { field: "kind", type: "nominal", title: legend, sort: null },
          },
        },
        {
          data: {
            values: boxes.map(({ x, x2, y, y2, label }) => ({ x: (x + x2) / 2, y: (y + y2) / 2, label })),
          },
          mark: { type: "text", fontSize: 12 },
          encoding: { x: place("x"), y: place("y"), text: { field: "label" } },
        },
      ],
    },
    { width, height },
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly (Point & { x2: number; y2: number; label: string; kind: string })[];
  readonly arrows: readonly { readonly edge: string; readonly points: readonly Point[] }[];
}

function layout(nodes: readonly GraphNode[]): Layout {
  const { Graph, layout: arrange } = dagre();
  const drawing = new Graph();
  drawing.setGraph({ rankdir: "TB", nodesep: 14, ranksep: 30, marginx: 4, marginy: 4 });
  for (const { id, label } of nodes) {
    drawing.setNode(id, { width: label.length * letter + padding, height: lineHeight });
  }
  for (const { id, from } of nodes) for (const source of new Set(from)) drawing.setEdge(source, id, {});
  arrange(drawing);
  const boxes = nodes.map(({ id, label, kind }) => {
    const { x, y, width, height } = drawing.node(id);
    return { x: x - width / 2, x2: x + width / 2, y: y - height / 2, y2: y + height / 2, label, kind };
  });
  const arrows = drawing.edges().map(({ v, w }) => ({
    edge: `${v} → ${w}`,
    points: drawing.edge(v, w).points.map(({ x, y }) => ({ x, y })),
  }));
  const { width, height } = drawing.graph();
  return { width: Math.ceil(width), height: Math.ceil(height), boxes, arrows };
}

/** Where the last part of an arrow points, in degrees clockwise from up. */
function direction(points: readonly Point[]): number {
  const [from, to] = points.slice(-2);
  return Math.round((Math.atan2(to.x - from.x, from.y - to.y) * 180) / Math.PI);
}

function checkNodes(nodes: readonly GraphNode[]): void {
  const ids = new Set(nodes.map(({ id }) => id));
  if (nodes.length === 0) throw new RangeError("graph: nodes is empty; use one node or more.");
  if (ids.size < nodes.length)
    throw new RangeError("graph: two nodes have the same id; use another for each.");
  for (const { id, from } of nodes) {
    const missing = from.find((source) => !ids.has(source));
    if (missing !== undefined) {
      throw new RangeError(
        `graph: the node "${id}" has an arrow from "${missing}", which is not among the nodes.`,
      );
    }
  }
}
