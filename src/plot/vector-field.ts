import { channel, type Labels, type Size } from "./axis";
import { grey } from "./grey";
import { checkColumns, checkFinite, extent, short } from "./numbers";
import { vegaLite, type Figure } from "./vega-lite";

/** Arrows in the plane: one at (x[i], y[i]) for each vector (u[i], v[i]). */
export interface VectorField {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly u: ArrayLike<number>;
  readonly v: ArrayLike<number>;
}

export interface VectorFieldOptions extends Labels, Size {
  /** Points below the arrows, such as samples. */
  readonly points?: { readonly name: string; readonly x: ArrayLike<number>; readonly y: ArrayLike<number> };
}

/** A field of vectors as arrows of one length, coloured by the length of the vectors, which often spans decades.
 * @throws RangeError for columns that do not fit, or a value that is not finite */
export function vectorField(field: VectorField, options: VectorFieldOptions): Figure {
  const { title, x, y, legend, points, ...size } = options;
  checkColumns("vectorField: field", field.x, field.y);
  checkColumns("vectorField: vectors", field.u, field.v);
  if (field.u.length !== field.x.length) {
    throw new RangeError(
      `vectorField: there are ${field.u.length} vectors for ${field.x.length} places; give one for each.`,
    );
  }
  for (const [name, values] of Object.entries(field)) checkFinite(`vectorField: ${name}`, values as number[]);
  if (points) {
    checkColumns("vectorField: points", points.x, points.y);
    checkFinite("vectorField: points.x", points.x);
    checkFinite("vectorField: points.y", points.y);
  }
  const { width = 560, height = 320 } = size;
  const [across, up] = [width / span(field.x, x.domain), height / span(field.y, y.domain)];
  const arrows = Array.from(field.x, (at, i) => ({
    x: short(at),
    y: short(field.y[i]),
    // On the screen, where a unit is not equally long on both axes; Vega turns clockwise from up.
    angle: Math.round((Math.atan2(field.u[i] * across, field.v[i] * up) * 180) / Math.PI),
    length: short(Math.hypot(field.u[i], field.v[i])),
  }));
  const below = points && {
    data: { values: Array.from(points.x, (at, i) => ({ x: short(at), y: short(points.y[i]) })) },
    mark: { type: "point", filled: true, size: 12, opacity: 0.5, aria: false },
    encoding: { x: channel("x", x), y: channel("y", y), color: grey(points.name) },
  };
  const above = {
    data: { values: arrows },
    mark: { type: "point", shape: "arrow", filled: true, size: 170, opacity: 1, aria: false },
    encoding: {
      x: channel("x", x),
      y: channel("y", y),
      angle: { field: "angle", type: "quantitative", scale: null },
      color: { field: "length", type: "quantitative", title: legend, scale: { type: "symlog" } },
    },
  };
  const layer = below ? [below, above] : [above];
  return vegaLite({ title, layer, resolve: { scale: { color: "independent" } } }, { width, height });
}

/** How many units an axis spans. */
function span(values: ArrayLike<number>, domain: readonly [number, number] | undefined): number {
  const [low, high] = domain ?? extent(values);
  return high > low ? high - low : 1;
}
