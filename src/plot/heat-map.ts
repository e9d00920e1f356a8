import { channel, type Labels, type Size } from "./axis";
import { vega } from "./lazy";
import { checkFinite, extent, short } from "./numbers";
import { dataUrl, pngBase64 } from "./png";
import { vegaLite, type Figure } from "./vega-lite";

export interface HeatMapData {
  /** Evenly spaced, increasing. */
  readonly x: ArrayLike<number>;
  /** Evenly spaced, increasing. */
  readonly y: ArrayLike<number>;
  /** `values[i][j]` belongs to `x[i]`, `y[j]`. */
  readonly values: ArrayLike<ArrayLike<number>>;
}

export interface HeatMapOptions extends Labels, Size {
  /** "sqrt" shows low values beside a high peak. */
  readonly colourScale?: "linear" | "sqrt";
  /** The values of the first and the last colour; by default the smallest and the largest. */
  readonly colourDomain?: readonly [number, number];
}

/** A function of two variables as colours. The cells are drawn as one small image on real axes: a rectangle for each
 * would make megabytes of a 200 × 200 map.
 * @throws RangeError for shapes that do not fit, uneven spacing, or values that are not finite. */
export function heatMap(data: HeatMapData, options: HeatMapOptions): Figure {
  const { title, x, y, legend, colourScale = "linear", colourDomain, ...size } = options;
  checkGrid(data);
  const domain = colourDomain ?? rangeOf(data.values);
  if (colourScale === "sqrt" && domain[0] < 0) {
    throw new RangeError(
      `heatMap: values go down to ${domain[0]}, which has no root; use colourScale "linear".`,
    );
  }
  const [left, right] = border(data.x);
  const [bottom, top] = border(data.y);
  const scale = { type: colourScale, scheme: "viridis", domain };
  return vegaLite(
    {
      title,
      data: {
        values: [
          { left, right, bottom, top, low: short(domain[0]), image: paint(data, colourScale, domain) },
        ],
      },
      layer: [
        {
          mark: { type: "image", aspect: false, smooth: false },
          encoding: {
            x: channel("left", { domain: [left, right], ...x }),
            x2: { field: "right" },
            y: channel("bottom", { domain: [bottom, top], ...y }),
            y2: { field: "top" },
            url: { field: "image" },
          },
        },
        {
          // An invisible point: it brings the colour legend that an image has not.
          mark: { type: "point", opacity: 0 },
          encoding: {
            x: { field: "left", type: "quantitative" },
            y: { field: "bottom", type: "quantitative" },
            color: {
              field: "low",
              type: "quantitative",
              title: legend,
              scale,
              legend: { type: "gradient", gradientOpacity: 1 },
            },
          },
        },
      ],
    },
    size,
  );
}

/** One pixel for each cell, y upwards. */
function paint(
  { x, y, values }: HeatMapData,
  colourScale: "linear" | "sqrt",
  [low, high]: readonly [number, number],
): string {
  const colours = colourTable();
  const bend = colourScale === "sqrt" ? Math.sqrt : (value: number): number => value;
  const span = bend(high) - bend(low);
  const bytes = new Uint8Array(x.length * y.length * 3);
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < y.length; j++) {
      const share = span > 0 ? (bend(Math.min(high, Math.max(low, values[i][j]))) - bend(low)) / span : 0;
      const row = y.length - 1 - j;
      bytes.set(colours[Math.round(share * (colours.length - 1))], (row * x.length + i) * 3);
    }
  }
  return dataUrl(pngBase64({ width: x.length, height: y.length, channels: 3, bytes }));
}

/** Vega's own viridis, in 256 steps, so that image and legend agree. */
function colourTable(): number[][] {
  const viridis = vega().scheme("viridis") as (share: number) => string;
  return Array.from({ length: 256 }, (_, i) => rgb(viridis(i / 255)));
}

function rgb(colour: string): number[] {
  const hex = /^#(..)(..)(..)$/
    .exec(colour)
    ?.slice(1)
    .map((pair) => parseInt(pair, 16));
  return hex ?? (colour.match(/\d+/g) ?? []).map(Number);
}

/** Cells are centred on their coordinates, so the picture ends half a cell outside them. */
function border(centres: ArrayLike<number>): [number, number] {
  const half = centres.length > 1 ? (centres[1] - centres[0]) / 2 : 0.5;
  return [short(centres[0] - half), short(centres[centres.length - 1] + half)];
}

function rangeOf(values: ArrayLike<ArrayLike<number>>): [number, number] {
  const each = Array.from(values, extent);
  return [Math.min(...each.map(([low]) => low)), Math.max(...each.map(([, high]) => high))];
}

function checkGrid({ x, y, values }: HeatMapData): void {
  checkEven("heatMap: x", x);
  checkEven("heatMap: y", y);
  if (values.length !== x.length) {
    throw new RangeError(
      `heatMap: values has ${values.length} columns for ${x.length} values of x; values[i][j] belongs to x[i], y[j].`,
    );
  }
  for (let i = 0; i < x.length; i++) {
    if (values[i].length !== y.length) {
      throw new RangeError(
        `heatMap: values[${i}] has ${values[i].length} entries for ${y.length} values of y.`,
      );
    }
    checkFinite(`heatMap: values[${i}]`, values[i]);
  }
}

function checkEven(name: string, centres: ArrayLike<number>): void {
  if (centres.length === 0) throw new RangeError(`${name} is empty; give at least one value.`);
  checkFinite(name, centres);
  const step = centres[1] - centres[0];
  for (let i = 1; i < centres.length; i++) {
    const gap = centres[i] - centres[i - 1];
    if (!(gap > 0) || Math.abs(gap - step) > 1e-3 * step) {
      throw new RangeError(
        `${name} must increase in even steps: from ${name}[${i - 1}] to ${name}[${i}] it goes by ${gap}, not ${step}.`,
      );
    }
  }
}
