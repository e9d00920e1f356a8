import { displaySymbol, type Displayable, type MimeBundle } from "../notebook/show";
import { escapeHtml } from "./escape";
import { tile, toPixels, type Images } from "./images";
import { dataUrl, enlarge, pngBase64, type Pixels } from "./png";

export interface FrameSliderOptions {
  /** What is seen; also what a screen reader says. */
  readonly title: string;
  /** What the slider says at each frame, such as "t = 20". */
  readonly labels: readonly string[];
  /** Images side by side in a frame. */
  readonly columns?: number;
  readonly scale?: number;
  /** The values of black and white. */
  readonly range?: readonly [number, number];
}

/** Pictures larger than this make notebooks and slides slow. */
const budget = 1_000_000;

/** A slider through frames, each a batch of images [n, h, w, 1 or 3]. It is HTML that needs neither kernel nor network, so that
 * it moves in JupyterLab and in exported slides alike; where HTML is not shown, a strip of some frames stands in for it.
 * @throws RangeError for frames of different shapes, labels that do not fit, NaN, or more than 1 MB of pictures. */
export function frameSlider(frames: readonly Images[], options: FrameSliderOptions): Displayable {
  const { title, labels, range = [-1, 1] } = options;
  checkFrames(frames, labels);
  const {
    columns = Math.min(10, frames[0].shape[0]),
    scale = Math.max(1, Math.round(64 / frames[0].shape[2])),
  } = options;
  const pixels = frames.map((images) => tile(toPixels(images, range, "frameSlider"), columns, 2));
  // All frames in one picture, one above the other: the slider moves it behind a window of one frame.
  const film = pngBase64(tile(pixels, 1, 0));
  const still = pngBase64(enlarge(tile(spread(pixels, 6), 1, 4), scale));
  const size = film.length + still.length;
  if (size > budget) {
    throw new RangeError(
      `frameSlider: the pictures take ${(size / 1e6).toFixed(1)} MB of the 1 MB allowed; show fewer frames or fewer images.`,
    );
  }
  return {
    [displaySymbol](): MimeBundle {
      return {
        "text/html": html(film, pixels, scale, title, labels),
        "image/png": still,
        "text/plain": `Frames: ${title} (${labels[0]} … ${labels[labels.length - 1]})`,
      };
    },
  };
}

function html(
  film: string,
  frames: readonly Pixels[],
  scale: number,
  title: string,
  labels: readonly string[],
): string {
  const [width, height] = [Math.round(frames[0].width * scale), Math.round(frames[0].height * scale)];
  const last = frames.length - 1;
  const move =
    `const f=this.closest('figure');f.querySelector('img').style.marginTop=-${height}*this.value+'px';` +
    `f.querySelector('output').textContent=JSON.parse(this.dataset.labels)[this.value]`;
  const image = `image-rendering:pixelated;max-width:none;max-height:none;margin:0;display:block;border:none`;
  return [
    `<figure style="margin:8px 0">`,
    `<figcaption style="font-weight:600;font-size:16px;margin-bottom:6px">${escapeHtml(title)}</figcaption>`,
    `<div style="width:${width}px;height:${height}px;overflow:hidden">`,
    `<img src="${dataUrl(film)}" width="${width}" height="${height * frames.length}" alt="${escapeHtml(title)}" style="${image}">`,
    `</div>`,
    `<label style="display:flex;align-items:center;gap:12px;margin-top:8px;font-size:16px">`,
    `<input type="range" min="0" max="${last}" value="0" style="width:${Math.max(200, width - 120)}px" aria-label="${escapeHtml(title)}"`,
    ` data-labels="${escapeHtml(JSON.stringify(labels))}" oninput="${move}">`,
    `<output>${escapeHtml(labels[0])}</output></label>`,
    `</figure>`,
  ].join("\n");
}

/** Some of the frames, evenly spread, the first and the last among them. */
function spread<T>(frames: readonly T[], count: number): T[] {
  const shown = Math.min(count, frames.length);
  return Array.from(
    { length: shown },
    (_, i) => frames[Math.round((i * (frames.length - 1)) / Math.max(1, shown - 1))],
  );
}

function checkFrames(frames: readonly Images[], labels: readonly string[]): void {
  if (frames.length === 0) throw new RangeError("frameSlider: there are no frames; give at least one.");
  if (labels.length !== frames.length) {
    throw new RangeError(
      `frameSlider: ${labels.length} labels for ${frames.length} frames; give one for each.`,
    );
  }
  const shape = frames[0].shape.join(", ");
  const odd = frames.findIndex((frame) => frame.shape.join(", ") !== shape);
  if (odd >= 0) {
    throw new RangeError(
      `frameSlider: frame ${odd} has the shape [${frames[odd].shape.join(", ")}], the first one [${shape}].`,
    );
  }
}
