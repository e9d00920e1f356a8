import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** Writes bytes at the file's end, or at a place. */
export type Write = (bytes: Uint8Array, position?: number) => void;

/** Makes a file, or replaces one, as a whole: whoever opens the path finds the old content or the new one, whatever happens
 * and whenever. The content is written under another name beside it, brought to the disk, and renamed. What writers that were
 * killed have left for this path is removed first.
 * @throws Error of the file system, the old file being as it was */
export function replaceFile(path: string, content: (write: Write) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  removeLeftovers(path);
  const temporary = `${path}.${process.pid}.unfinished`;
  try {
    const file = openSync(temporary, "w");
    try {
      content((bytes, position) => {
        writeAll(file, bytes, position);
      });
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** One call of the system may write less than it was given. */
function writeAll(file: number, bytes: Uint8Array, position?: number): void {
  let done = 0;
  while (done < bytes.length) {
    done += writeSync(
      file,
      bytes,
      done,
      bytes.length - done,
      position === undefined ? null : position + done,
    );
  }
}

/** The new name, too, must reach the disk. Not every file system can be asked for that; the content is safe. */
function syncFolder(folder: string): void {
  try {
    const file = openSync(folder, "r");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch {
    return;
  }
}

function removeLeftovers(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    const writer = writerOf(name, basename(path));
    if (writer !== undefined && isLeft(join(folder, name), writer))
      rmSync(join(folder, name), { force: true });
  }
}

/** The process that writes or wrote the file of this name, if it is an unfinished one of the base. */
function writerOf(name: string, base: string): number | undefined {
  if (!name.startsWith(`${base}.`)) return undefined;
  const id = /^\.(\d+)\.unfinished$/.exec(name.slice(base.length))?.[1];
  return id === undefined ? undefined : Number(id);
}

/** A process that lives may have been given the number of one that died: nobody writes without a pause of minutes. */
function isLeft(file: string, writer: number): boolean {
  const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return writer === process.pid || !isAlive(writer) || age > 600_000;
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
