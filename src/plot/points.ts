import { channel, type Labels, type Size } from "./axis";
import { checkColumns, checkFinite, short } from "./numbers";
import type { Series } from "./lines";
import { vegaLite, type Figure } from "./vega-lite";

export interface PointsOptions extends Labels, Size {
  /** Area of a point in square pixels. */
  readonly pointSize?: number;
  /** From 0 to 1; by default the more points, the more transparent. */
  readonly opacity?: number;
}

/** Clouds of points in the plane (samples, latents), told apart by colour.
 * @throws RangeError if a series is empty, has x and y of different lengths, or a value that is not finite. */
export function points(series: readonly Series[], options: PointsOptions): Figure {
  const count = series.reduce((sum, { x }) => sum + x.length, 0);
  const { title, x, y, legend, pointSize = 24, opacity = count > 1000 ? 0.35 : 0.7, ...size } = options;
  return vegaLite(
    {
      title,
      data: { values: series.flatMap(rows) },
      // A spoken label for each of thousands of points would be most of the file, and no help.
      mark: { type: "point", filled: true, size: pointSize, opacity, aria: false },
      encoding: {
        x: channel("x", x),
        y: channel("y", y),
        color: {
          field: "series",
          type: "nominal",
          title: legend,
          sort: null,
          legend: { symbolOpacity: 1, symbolSize: 120 },
        },
      },
    },
    size,
  );
}

function rows({ name, x, y }: Series): object[] {
  checkColumns(`points: series "${name}"`, x, y);
  checkFinite(`points: series "${name}".x`, x);
  checkFinite(`points: series "${name}".y`, y);
  return Array.from(x, (value, i) => ({ series: name, x: short(value), y: short(y[i]) }));
}
