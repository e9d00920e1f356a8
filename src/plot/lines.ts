import { channel, type Labels, type Size } from "./axis";
import { checkColumns, checkFinite, short } from "./numbers";
import { vegaLite, type Figure } from "./vega-lite";

/** A named curve through the points (x[i], y[i]), in the order given. */
export interface Series {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export interface LinesOptions extends Labels, Size {}

/** Curves in one figure, told apart by colour.
 * @throws RangeError if a series is empty, has x and y of different lengths, or a value that is not finite. */
export function lines(series: readonly Series[], { title, x, y, legend, ...size }: LinesOptions): Figure {
  return vegaLite(
    {
      title,
      data: { values: series.flatMap(rows) },
      mark: { type: "line", tooltip: true, clip: x.domain !== undefined || y.domain !== undefined },
      encoding: {
        x: channel("x", x),
        y: channel("y", y),
        color: { field: "series", type: "nominal", title: legend, sort: null },
        order: { field: "i", type: "quantitative" },
      },
    },
    size,
  );
}

function rows({ name, x, y }: Series): object[] {
  checkColumns(`lines: series "${name}"`, x, y);
  checkFinite(`lines: series "${name}".x`, x);
  checkFinite(`lines: series "${name}".y`, y);
  return Array.from(x, (value, i) => ({ series: name, i, x: short(value), y: short(y[i]) }));
}
