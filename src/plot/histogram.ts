import { axisTitle, channel, type Axis, type Size } from "./axis";
import { checkFinite, extent, short } from "./numbers";
import { palette } from "./theme";
import { vegaLite, type Figure } from "./vega-lite";

/** Counts in equal bins. */
export interface Bins {
  /** The borders, one more than there are bins. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** Counts samples in equal bins over the range; the last bin holds its right border too, and samples outside count nowhere.
 * @throws RangeError for no samples, samples that are not finite, no bins, or an empty range. */
export function binSamples(
  samples: ArrayLike<number>,
  { bins = 60, range = extent(samples) }: { bins?: number; range?: readonly [number, number] } = {},
): Bins {
  if (samples.length === 0) throw new RangeError("histogram: there are no samples; give at least one.");
  checkFinite("histogram: samples", samples);
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(`histogram: bins is ${bins}; give a whole number of at least 1.`);
  }
  // Samples that are all equal still need a bin of some width.
  const [low, high] = range[0] === range[1] ? [range[0] - 0.5, range[1] + 0.5] : range;
  if (!(low < high)) throw new RangeError(`histogram: range is [${low}, ${high}]; give [smaller, larger].`);
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i];
    if (value >= low && value <= high)
      counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]++;
  }
  return { edges: Array.from({ length: bins + 1 }, (_, i) => low + (i / bins) * (high - low)), counts };
}

export interface HistogramOptions extends Size {
  readonly title: string;
  /** The axis of the samples. */
  readonly x: Axis;
  /** Title of the legend that tells the bars from the curve. */
  readonly legend: string;
  /** What the bars are called in the legend. */
  readonly name?: string;
  /** The density the samples should follow, drawn over the bars. */
  readonly density?: { readonly name: string; readonly of: (value: number) => number };
  readonly bins?: number;
  readonly range?: readonly [number, number];
}

/** Samples as a histogram of unit area, with the density they should follow drawn over it.
 * @throws RangeError for no samples, samples that are not finite, or a density that is not finite where it is drawn. */
export function histogram(samples: ArrayLike<number>, options: HistogramOptions): Figure {
  const { title, x, legend, name = "samples", density, bins, range, ...size } = options;
  const binned = binSamples(samples, { ...(bins && { bins }), ...(range && { range }) });
  const names = density ? [name, density.name] : [name];
  const y: Axis = { title: "probability density", unit: x.unit === null ? null : `1/${x.unit}` };
  const colour = {
    field: "series",
    type: "nominal",
    title: legend,
    scale: { domain: names, range: [palette[5], palette[1]] },
    legend: { symbolType: "square", symbolSize: 160, symbolStrokeWidth: 0, symbolOpacity: 1 },
  };
  const bars = {
    data: { values: barRows(binned, samples.length, name) },
    mark: { type: "rect", tooltip: true },
    encoding: {
      x: channel("from", x),
      x2: { field: "to" },
      y: { field: "density", type: "quantitative", title: axisTitle(y) },
      y2: { datum: 0 },
      color: colour,
    },
  };
  const curve = density && {
    data: { values: curveRows(binned, density) },
    mark: { type: "line" },
    encoding: {
      x: channel("at", x),
      y: { field: "density", type: "quantitative", title: axisTitle(y) },
      color: colour,
    },
  };
  return vegaLite({ title, layer: curve ? [bars, curve] : [bars] }, size);
}

function barRows({ edges, counts }: Bins, total: number, series: string): object[] {
  return counts.map((count, i) => ({
    series,
    from: short(edges[i]),
    to: short(edges[i + 1]),
    count,
    density: short(count / (total * (edges[i + 1] - edges[i]))),
  }));
}

/** Fine enough that the curve looks smooth at every size used here. */
const curvePoints = 400;

function curveRows({ edges }: Bins, { name, of }: { name: string; of: (value: number) => number }): object[] {
  const [low, high] = [edges[0], edges[edges.length - 1]];
  return Array.from({ length: curvePoints + 1 }, (_, i) => {
    const at = low + ((high - low) * i) / curvePoints;
    return { series: name, at: short(at), density: short(of(at)) };
  });
}
