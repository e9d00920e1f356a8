import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { pace } from "../../notebook/pace";
import { isSystemError } from "./system-error";

/** A file that may be a picture. */
export interface Candidate {
  /** From the folder on, with slashes. */
  readonly file: string;
  /** The position of its class; undefined where there are none. */
  readonly label: number | undefined;
}

/** A file, or a folder, that is left out. */
export interface SkippedFile {
  /** From the folder on, with slashes. */
  readonly file: string;
  /** Why. */
  readonly reason: string;
}

export interface Listing {
  /** In the order of their paths. */
  readonly candidates: readonly Candidate[];
  readonly classes: readonly string[];
  readonly skipped: readonly SkippedFile[];
}

/** Finds the files named .png, .jpg and .jpeg in a folder and all below it. Its sub-folders that have some are the classes.
 * @throws the file system's error for the folder itself */
export async function listPictures(folder: string): Promise<Listing> {
  const found = await walk(folder);
  const classes = [...new Set(found.files.filter(isBelow).map(classOf))].sort();
  const loose = classes.length > 0 ? found.files.filter((file) => !isBelow(file)) : [];
  const files = classes.length > 0 ? found.files.filter(isBelow) : found.files;
  const candidates = files
    .sort()
    .map((file) => ({ file, label: classes.length > 0 ? classes.indexOf(classOf(file)) : undefined }));
  const reason = `it lies beside the folders of the classes (${classes.slice(0, 3).join(", ")}${classes.length > 3 ? ", …" : ""})`;
  return { candidates, classes, skipped: [...found.skipped, ...loose.map((file) => ({ file, reason }))] };
}

const isBelow = (file: string): boolean => file.includes("/");
const classOf = (file: string): string => file.slice(0, file.indexOf("/"));

interface Found {
  readonly files: string[];
  readonly skipped: SkippedFile[];
}

async function walk(folder: string): Promise<Found> {
  const found: Found = { files: [], skipped: [] };
  const rest = pace();
  const enter = async (below: string, above: readonly string[]): Promise<void> => {
    const real = await realpath(join(folder, below));
    if (above.includes(real)) {
      found.skipped.push({ file: below, reason: "it leads back to a folder above it" });
      return;
    }
    for (const name of await readdir(real)) {
      if (name.startsWith(".")) continue;
      await rest();
      const path = below === "" ? name : `${below}/${name}`;
      try {
        const entry = await stat(join(real, name));
        if (entry.isDirectory()) await enter(path, [...above, real]);
        else if (!pictureName.test(name)) continue;
        else if (entry.isFile()) found.files.push(path);
        else found.skipped.push({ file: path, reason: "it is not a regular file" });
      } catch (error) {
        if (!isSystemError(error)) throw error;
        found.skipped.push({ file: path, reason: error.message });
      }
    }
  };
  await enter("", []);
  return found;
}

const pictureName = /\.(png|jpg|jpeg)$/i;
