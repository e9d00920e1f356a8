import { channel, type Labels, type Size } from "./axis";
import { grey } from "./grey";
import { checkColumns, checkFinite, extent } from "./numbers";
import { vegaLite, type Figure } from "./vega-lite";

/** What is seen at one place of the slider. */
export interface PointFrame {
  /** What the slider stands for there, such as a time t. */
  readonly at: number;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export interface PointFramesOptions extends Omit<Labels, "legend">, Size {
  /** What the slider stands for, such as "t": shown with its value on the figure. */
  readonly slider: string;
  /** Area of a point in square pixels. */
  readonly pointSize?: number;
  /** Points that stay at all frames, such as the data: shown in grey. */
  readonly background?: {
    readonly name: string;
    readonly x: ArrayLike<number>;
    readonly y: ArrayLike<number>;
  };
}

/** Clouds of points, one for each place of a slider that moves without a kernel, in JupyterLab and in slides; elsewhere the
 * last frame is seen.
 * @throws RangeError if there is no frame, or points that are not finite or not pairs, or more than 20,000 of them */
export function pointFrames(frames: readonly PointFrame[], options: PointFramesOptions): Figure {
  const { title, x, y, slider, pointSize = 14, background, ...size } = options;
  checkFrames(frames);
  if (background) {
    checkColumns("pointFrames: background", background.x, background.y);
    checkFinite("pointFrames: background.x", background.x);
    checkFinite("pointFrames: background.y", background.y);
  }
  const places = {
    x: decimals(frames.flatMap((frame) => extent(frame.x))),
    y: decimals(frames.flatMap((frame) => extent(frame.y))),
  };
  const rows = frames.flatMap((frame, i) =>
    Array.from(frame.x, (value, n) => ({
      frame: i,
      x: rounded(value, places.x),
      y: rounded(frame.y[n], places.y),
    })),
  );
  const last = frames.length - 1;
  const labels = JSON.stringify(frames.map(({ at }) => at));
  const place = { x: channel("x", x), y: channel("y", y) };
  const still = background && {
    data: {
      values: Array.from(background.x, (value, n) => ({
        x: rounded(value, places.x),
        y: rounded(background.y[n], places.y),
      })),
    },
    mark: { type: "point", filled: true, size: pointSize, opacity: 0.5, aria: false },
    encoding: { ...place, color: grey(background.name) },
  };
  const moving = {
    data: { values: rows },
    transform: [{ filter: "datum.frame === round(frame)" }],
    mark: { type: "point", filled: true, size: pointSize, opacity: 0.6, aria: false },
    encoding: place,
  };
  const caption = {
    data: { values: [{}] },
    transform: [{ calculate: `'${slider} = ' + ${labels}[round(frame)]`, as: "caption" }],
    mark: { type: "text", x: 10, y: 16, align: "left", fontSize: 16, fontWeight: 600 },
    encoding: { text: { field: "caption" } },
  };
  const params = [
    { name: "frame", value: last, bind: { input: "range", min: 0, max: last, step: 1, name: "frame " } },
  ];
  return vegaLite({ title, params, layer: [...(still ? [still] : []), moving, caption] }, size);
}

/** So many decimals that a thousandth of the range is seen: more would be most of the file. */
function decimals(ends: readonly number[]): number {
  const [low, high] = extent(ends);
  return high > low ? Math.min(20, Math.max(0, 3 - Math.floor(Math.log10(high - low)))) : 3;
}

const rounded = (value: number, places: number): number => Number(value.toFixed(places));

function checkFrames(frames: readonly PointFrame[]): void {
  if (frames.length === 0) throw new RangeError("pointFrames: there are no frames; give at least one.");
  let count = 0;
  frames.forEach(({ at, x, y }, i) => {
    checkColumns(`pointFrames: frames[${i}]`, x, y);
    checkFinite(`pointFrames: frames[${i}].at`, [at]);
    checkFinite(`pointFrames: frames[${i}].x`, x);
    checkFinite(`pointFrames: frames[${i}].y`, y);
    count += x.length;
  });
  if (count > most) {
    throw new RangeError(
      `pointFrames: ${count} points in all frames make a slow page; show ${most} or less, with fewer points or frames.`,
    );
  }
}

const most = 20_000;
