import { displaySymbol, type Displayable, type MimeBundle } from "../notebook/show";
import type { Size } from "./axis";
import { checkData } from "./check-data";
import { vega, vegaLiteCompiler } from "./lazy";
import { theme } from "./theme";

/** A Vega-Lite 5 specification, as JSON. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** A figure as a value: shown by a notebook, or taken as SVG. */
export interface Figure extends Displayable {
  /** The complete specification, the course's theme included. */
  readonly spec: VegaLiteSpec;
  /** Draws the figure.
   * @throws Error if nothing would be seen on it. */
  svg(): Promise<string>;
}

/** A figure from a Vega-Lite 5 specification, in the course's theme: interactive where Vega-Lite is rendered, SVG elsewhere.
 * @throws RangeError if the data lack a used field, or hold NaN, an infinity or undefined in one. */
export function vegaLite(spec: VegaLiteSpec, { width = 560, height = 320 }: Size = {}): Figure {
  checkData(spec);
  const composed = ["hconcat", "vconcat", "concat", "facet", "repeat"].some((part) => part in spec);
  const complete: Record<string, unknown> = {
    ...(composed ? {} : { width, height }),
    ...spec,
    config: { ...theme, ...(spec.config as object | undefined) },
    usermeta: { embedOptions: { actions: false }, ...(spec.usermeta as object | undefined) },
  };
  // It is a web address, and the MIME type already says which dialect this is.
  delete complete.$schema;
  const svg = (): Promise<string> => draw(complete);
  return {
    spec: complete,
    svg,
    async [displaySymbol](): Promise<MimeBundle> {
      return {
        "application/vnd.vegalite.v5+json": complete,
        "image/svg+xml": await svg(),
        "text/plain": `Figure: ${titleOf(spec)}`,
      };
    },
  };
}

async function draw(spec: VegaLiteSpec): Promise<string> {
  const { View, parse } = vega();
  type TopLevelSpec = Parameters<ReturnType<typeof vegaLiteCompiler>["compile"]>[0];
  const compiled = vegaLiteCompiler().compile(spec as unknown as TopLevelSpec).spec;
  const view = await new View(parse(compiled), { renderer: "none" }).runAsync();
  try {
    checkMarks(view.scenegraph() as unknown as { root: Scene });
    return shorten(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** A hundredth of a pixel is enough: of paths and places, Vega writes all digits of a float64. */
function shorten(svg: string): string {
  return svg.replace(/ (?:d|transform)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (digits) => String(Number(Number(digits).toFixed(2)))),
  );
}

/** The part of Vega's scene graph that is looked at here. */
interface Scene {
  readonly marktype?: string;
  readonly role?: string;
  readonly x?: number;
  readonly y?: number;
  readonly items?: readonly Scene[];
}

function checkMarks({ root }: { root: Scene }): void {
  const drawn = marksIn(root);
  if (drawn.length === 0)
    throw new Error("The figure is empty: no mark is drawn. Look at its data and its filters.");
  if (drawn.some(({ x = 0, y = 0 }) => !Number.isFinite(x) || !Number.isFinite(y))) {
    throw new Error("A mark has no place on its axis: a logarithmic scale needs values above 0.");
  }
}

function marksIn(scene: Scene): Scene[] {
  const items = scene.items ?? [];
  if (scene.role === "mark" && scene.marktype !== "group") return [...items];
  return items.flatMap(marksIn);
}

function titleOf({ title }: VegaLiteSpec): string {
  const text = typeof title === "object" && title !== null ? (title as { text?: unknown }).text : title;
  return typeof text === "string" ? text : "untitled";
}
