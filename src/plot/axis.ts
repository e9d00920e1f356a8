/** A labelled axis. */
export interface Axis {
  readonly title: string;
  /** What one unit on the axis is ("steps", "bits"); null for a pure number. */
  readonly unit: string | null;
  readonly scale?: "linear" | "log" | "sqrt";
  /** First and last value shown; by default what the data need. */
  readonly domain?: readonly [number, number];
}

/** What every figure must say about itself: without them a plot is not readable by others. */
export interface Labels {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Title of the legend: what tells the colours apart. */
  readonly legend: string;
}

/** The size of the drawing area in pixels. */
export interface Size {
  readonly width?: number;
  readonly height?: number;
}

export const axisTitle = ({ title, unit }: Axis): string => (unit === null ? title : `${title} (${unit})`);

/** The Vega-Lite channel that draws a numeric field along an axis. */
export function channel(field: string, axis: Axis): Record<string, unknown> {
  const { scale = "linear", domain } = axis;
  return {
    field,
    type: "quantitative",
    title: axisTitle(axis),
    scale: {
      type: scale,
      ...(scale === "linear" && { zero: false }),
      nice: domain === undefined,
      ...(domain && { domain }),
    },
  };
}
