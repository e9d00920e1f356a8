import { displaySymbol, type Displayable, type MimeBundle } from "../notebook/show";
import { escapeHtml } from "./escape";
import { tile, toPixels, type Images } from "./images";
import { dataUrl, enlarge, pngBase64, type Pixels } from "./png";

export interface ImageGridOptions {
  /** What is seen; also what a screen reader says. */
  readonly title: string;
  readonly columns?: number;
  /** One below each image. */
  readonly captions?: readonly string[];
  readonly columnTitles?: readonly string[];
  readonly rowTitles?: readonly string[];
  /** Screen pixels for each image pixel, whole or not; by default small images are enlarged to about 64 pixels. */
  readonly scale?: number;
  /** The values of black and white. */
  readonly range?: readonly [number, number];
}

/** Images in a grid, with titles and captions as real text: HTML for notebooks and slides (it also passes JupyterLab's
 * sanitizer for notebooks that are not trusted, which SVG does not), one PNG of the whole grid for everything else.
 * @throws RangeError for another shape than [n, h, w, 1 or 3], NaN, or a number of captions or titles that does not fit. */
export function imageGrid(images: Images, options: ImageGridOptions): Displayable {
  const { title, scale = defaultScale(images), range = [-1, 1], captions, columnTitles, rowTitles } = options;
  const pixels = toPixels(images, range, "imageGrid");
  const { columns = columnTitles?.length ?? Math.min(10, pixels.length) } = options;
  if (!Number.isInteger(columns) || columns < 1)
    throw new RangeError(`imageGrid: columns is ${columns}; give a whole number of at least 1.`);
  if (!(scale > 0)) throw new RangeError(`imageGrid: scale is ${scale}; give a number above 0.`);
  checkLength("captions", captions, pixels.length, "image");
  checkLength("columnTitles", columnTitles, columns, "column");
  checkLength("rowTitles", rowTitles, Math.ceil(pixels.length / columns), "row");
  return {
    [displaySymbol](): MimeBundle {
      return {
        "text/html": table(pixels, columns, scale, options),
        "image/png": pngBase64(
          tile(
            pixels.map((image) => enlarge(image, scale)),
            columns,
            4,
          ),
        ),
        "text/plain": `Images: ${title} (${pixels.length})`,
      };
    },
  };
}

/** Notebook and slide themes stripe, frame and right-align tables; a picture needs none of it. */
const plain =
  "border:none;background:none;padding:2px 4px;text-align:center;vertical-align:middle;font-size:14px";

function table(images: readonly Pixels[], columns: number, scale: number, options: ImageGridOptions): string {
  const { title, captions, columnTitles, rowTitles } = options;
  const heading = (text: string): string => `<th style="${plain}">${escapeHtml(text)}</th>`;
  const cells = images.map((image, n) =>
    cell(image, scale, captions?.[n], captions?.[n] ?? `${title}, ${n + 1}`),
  );
  const rows = chunks(cells, columns).map(
    (row, r) => `<tr style="background:none">${rowTitles ? heading(rowTitles[r]) : ""}${row.join("")}</tr>`,
  );
  const head = columnTitles
    ? [
        `<tr style="background:none">${rowTitles ? "<td></td>" : ""}${columnTitles.map(heading).join("")}</tr>`,
      ]
    : [];
  return [
    `<figure style="margin:8px 0">`,
    `<figcaption style="font-weight:600;font-size:16px;margin-bottom:6px">${escapeHtml(title)}</figcaption>`,
    `<table style="border:none;border-collapse:collapse;margin:0">`,
    ...head,
    ...rows,
    `</table></figure>`,
  ].join("\n");
}

function cell(image: Pixels, scale: number, caption: string | undefined, spoken: string): string {
  const size = `width="${Math.round(image.width * scale)}" height="${Math.round(image.height * scale)}"`;
  // Themes shrink images to their column and slides give them margins.
  const style = "image-rendering:pixelated;max-width:none;margin:0;display:block;margin:auto";
  const picture = `<img src="${dataUrl(pngBase64(image))}" ${size} alt="${escapeHtml(spoken)}" style="${style}">`;
  return `<td style="${plain}">${picture}${caption === undefined ? "" : escapeHtml(caption)}</td>`;
}

function defaultScale({ shape }: Images): number {
  return Math.max(1, Math.round(64 / shape[2]));
}

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

function checkLength(name: string, texts: readonly string[] | undefined, wanted: number, each: string): void {
  if (texts && texts.length !== wanted) {
    throw new RangeError(
      `imageGrid: ${name} has ${texts.length} entries; give one for each ${each}, ${wanted} in all.`,
    );
  }
}
