import { totalmem } from "node:os";
import { join, resolve } from "node:path";
import { tf } from "../backend/tf";
import { checkInteger, checkNumber } from "../errors";
import { pace } from "../notebook/pace";
import { progress, type ProgressOptions } from "../progress";
import { listPictures, type Candidate, type Listing, type SkippedFile } from "./pictures/list";
import { UnusableFile } from "./pictures/picture";
import { readPicture } from "./pictures/read";
import { writeSquare, type SquareForm } from "./pictures/square";
import { isSystemError } from "./pictures/system-error";

/** How the images of a folder are loaded, and how the progress of it is shown. */
export interface ImageFolderOptions extends Pick<ProgressOptions, "label" | "screen" | "every"> {
  /** Pixels along a side of each image: the largest square is cut from a picture's middle, and shrunk by the mean over areas or
   * enlarged bilinearly. */
  readonly size: number;
  /** 3: red, green and blue, the default; 1: grey, by the luma of ITU-R BT.709. */
  readonly channels?: 1 | 3;
  /** At most so many images, the first of each class in turn; all if omitted. */
  readonly count?: number;
  /** What shows through where a picture is transparent, from black, -1, to white, 1, the default. */
  readonly background?: number;
  /** Larger pictures are skipped: each pixel takes 20 to 40 bytes of memory while a picture is read. 70 million if omitted. */
  readonly maxPixels?: number;
}

/** The images of a folder. */
export interface ImageFolder {
  /** [count, size, size, channels] in [-1, 1]. */
  readonly images: tf.Tensor4D;
  /** Positions in `classes`, one for each image; empty if there are no classes. */
  readonly labels: Int32Array;
  /** Names of the sub-folders with pictures, in order. A folder whose pictures all had to be skipped is among them. */
  readonly classes: readonly string[];
  /** Where each image comes from: paths from the folder on, with slashes, in order. */
  readonly files: readonly string[];
  /** What had to be left out, and why. */
  readonly skipped: readonly SkippedFile[];
}

/** Loads a folder of PNG and JPEG files, one at a time. If sub-folders have pictures, these are the classes, with all that lies
 * below them; else there are no classes. Hidden files and files with other endings are ignored; a file that is no picture, is
 * damaged, or is cut short is skipped, and told. The order is that of the paths, compared character by character (UTF-16), and
 * so is always the same.
 * @throws RangeError if there is no such folder or no usable picture in it, for a bad option, or if the images would not fit into
 * memory; InterruptedError */
export async function loadImageFolder(folder: string, options: ImageFolderOptions): Promise<ImageFolder> {
  const { size, channels = 3, count, background = 1, maxPixels = 70e6, ...display } = options;
  const form: SquareForm = { size, channels, background };
  checkOptions(form, count, maxPixels);
  const listing = await list(folder);
  const { candidates, classes } = listing;
  const skipped = [...listing.skipped];
  const most = Math.min(count ?? Infinity, candidates.length);
  const queue = count === undefined ? candidates : inTurn(candidates);
  const values = allocate(most, form);
  const rowOf = (i: number): Float32Array => values.subarray(i * perImage(form), (i + 1) * perImage(form));

  const loaded: Candidate[] = [];
  /** Gives the files that can be loaded; their numbers then stand in the next row. */
  async function* load(): AsyncGenerator<Candidate, void> {
    const rest = pace();
    for (const candidate of queue) {
      if (loaded.length === most) return;
      await rest();
      try {
        writeSquare(await readPicture(join(folder, candidate.file), maxPixels), form, rowOf(loaded.length));
      } catch (error) {
        skipped.push({ file: candidate.file, reason: reasonOf(error) });
        bar.report({ skipped: skipped.length });
        continue;
      }
      yield candidate;
    }
  }
  const bar = progress(load(), { label: "loading images", total: most, ...display });
  for await (const candidate of bar) loaded.push(candidate);

  skipped.sort(byPath);
  if (loaded.length === 0) throw new RangeError(nothingUsable(folder, skipped));
  const order = [...loaded.keys()].sort((i, j) => byPath(loaded[i], loaded[j]));
  const labels = classes.length > 0 ? order.map((i) => loaded[i].label!) : [];
  return {
    images: tf.tensor4d(inOrder(values, order, rowOf), [order.length, size, size, channels]),
    labels: Int32Array.from(labels),
    classes,
    files: order.map((i) => loaded[i].file),
    skipped,
  };
}

function checkOptions({ size, channels, background }: SquareForm, count = 1, maxPixels: number): void {
  checkInteger("size", size, 1);
  if (![1, 3].includes(channels)) throw new RangeError(`channels is ${String(channels)}; use 1 or 3.`);
  checkInteger("count", count, 1);
  checkNumber("background", background, -1, 1);
  checkNumber("maxPixels", maxPixels, 1);
}

async function list(folder: string): Promise<Listing> {
  let listing: Listing;
  try {
    listing = await listPictures(folder);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const why = systemErrors.get(error.code ?? "") ?? error.message;
    throw new RangeError(
      `folder is "${folder}", but ${why} (${resolve(folder)}). Use a folder of PNG and JPEG files.`,
    );
  }
  if (listing.candidates.length === 0) throw new RangeError(nothingUsable(folder, listing.skipped));
  return listing;
}

const systemErrors: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such folder"],
  ["ENOTDIR", "that is a file"],
]);

function nothingUsable(folder: string, skipped: readonly SkippedFile[]): string {
  const what = `folder is "${folder}", which has no usable picture (${resolve(folder)})`;
  if (skipped.length === 0) return `${what}: no file in it is named .png, .jpg or .jpeg. Use another folder.`;
  const first = skipped.slice(0, 3).map(({ file, reason }) => `${file}: ${reason}`);
  const more = skipped.length > 3 ? ` … and ${skipped.length - 3} more` : "";
  return `${what}. All ${skipped.length} had to be skipped. ${first.join("; ")}${more}.`;
}

/** What is wrong with a file; other errors are not about files. */
function reasonOf(error: unknown): string {
  if (error instanceof UnusableFile || isSystemError(error)) return error.message;
  throw error;
}

/** The order of UTF-16, the same in every language. */
const byPath = (a: { readonly file: string }, b: { readonly file: string }): number =>
  a.file < b.file ? -1 : a.file > b.file ? 1 : 0;

/** The first of each class, then the second of each, and so on: any beginning is balanced. */
function inTurn(candidates: readonly Candidate[]): readonly Candidate[] {
  const seen = new Map<number | undefined, number>();
  const rank = (label: number | undefined): number => {
    const next = seen.get(label) ?? 0;
    seen.set(label, next + 1);
    return next;
  };
  return candidates
    .map((candidate) => ({ candidate, rank: rank(candidate.label) }))
    .sort((a, b) => a.rank - b.rank || (a.candidate.label ?? 0) - (b.candidate.label ?? 0))
    .map(({ candidate }) => candidate);
}

const perImage = ({ size, channels }: SquareForm): number => size * size * channels;

/** @throws RangeError if the numbers, and TensorFlow's copy of them, would not fit into memory */
function allocate(count: number, form: SquareForm): Float32Array {
  const bytes = 4 * count * perImage(form);
  if (2 * bytes <= totalmem()) return new Float32Array(bytes / 4);
  throw new RangeError(
    `size is ${form.size}, at which ${count} images take ${(bytes / 1e9).toFixed(1)} GB, twice while they are loaded; ` +
      `this machine has ${(totalmem() / 1e9).toFixed(1)} GB. Use a smaller size or count.`,
  );
}

function inOrder(
  values: Float32Array,
  order: readonly number[],
  rowOf: (i: number) => Float32Array,
): Float32Array {
  const row = rowOf(0).length;
  if (order.every((from, to) => from === to)) return values.subarray(0, order.length * row);
  const sorted = new Float32Array(order.length * row);
  order.forEach((from, to) => {
    sorted.set(rowOf(from), to * row);
  });
  return sorted;
}
