import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { decodeHeader, lengthBytes, longestHeader, type Header } from "./header";
import { fromBytes, type HostTensor } from "./host-tensor";
import { formatVersion, keys, noHash } from "./write-file";

/** A safetensors file on the host. */
export interface FileContent {
  readonly tensors: readonly (HostTensor & { readonly name: string })[];
  readonly metadata: Header["metadata"];
}

/** Reads a safetensors file, and compares it with its hash if it is one of ours.
 * @throws Error that says what is wrong with the file */
export function readTensorFile(path: string): FileContent {
  const file = open(path);
  try {
    return readOpened(file);
  } catch (error) {
    throw new Error(`${path} cannot be loaded: ${(error as Error).message}.`, { cause: error });
  } finally {
    closeSync(file);
  }
}

function open(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(`There is no file ${path}; saveCheckpoint makes one.`, { cause: error });
  }
}

function readOpened(file: number): FileContent {
  const { size } = fstatSync(file);
  const start = readHeaderBytes(file, size);
  const { entries, metadata } = decodeHeader(start.subarray(lengthBytes));
  if (isCheckpoint(metadata)) checkVersion(metadata[keys.version]);
  checkSize(size, start.length + (entries.at(-1)?.end ?? 0));
  const stored = isCheckpoint(metadata) ? metadata[keys.hash] : undefined;
  const hash = createHash("sha256").update(withoutHash(start, stored));
  const tensors = entries.map((entry) => {
    const bytes = readBytes(file, start.length + entry.begin, entry.end - entry.begin);
    hash.update(bytes);
    return { name: entry.name, shape: entry.shape, values: fromBytes(bytes, entry.type) };
  });
  if (isCheckpoint(metadata) && hash.digest("hex") !== stored) {
    throw new Error(
      "its content does not match its hash: it has been damaged, or changed by another program, since it was saved",
    );
  }
  return { tensors, metadata };
}

/** Whether a file says that it is one of ours. */
export const isCheckpoint = (metadata: Header["metadata"]): boolean => Object.hasOwn(metadata, keys.version);

function checkVersion(version: string): void {
  if (version === formatVersion) return;
  throw new Error(
    `it is a checkpoint of version ${version}, and this library reads version ${formatVersion}`,
  );
}

/** Length and header. */
function readHeaderBytes(file: number, size: number): Buffer<ArrayBuffer> {
  if (size < lengthBytes) {
    throw new Error(`it has ${size} bytes, and a safetensors file has at least ${lengthBytes}`);
  }
  const length = Buffer.from(readBytes(file, 0, lengthBytes).buffer).readBigUInt64LE();
  if (length > longestHeader) {
    throw new Error(`its header would be ${length} bytes long: it is not a safetensors file, or damaged`);
  }
  const end = lengthBytes + Number(length);
  if (end > size) {
    throw new Error(
      `it ends within its header, having ${size} of at least ${end} bytes: it is cut off, or no safetensors file`,
    );
  }
  return Buffer.from(readBytes(file, 0, end).buffer);
}

function checkSize(size: number, expected: number): void {
  if (size < expected) throw new Error(`it is cut off: it has ${size} of ${expected} bytes`);
  if (size > expected) throw new Error(`its tensors end at byte ${expected}, but it has ${size} bytes`);
}

function withoutHash(start: Buffer, stored: string | undefined): Buffer {
  const at = stored?.length === noHash.length ? start.indexOf(stored, lengthBytes) : -1;
  if (at < 0) return start;
  const copy = Buffer.from(start);
  copy.write(noHash, at, "latin1");
  return copy;
}

/** One call of the system may read less than it was asked for. */
function readBytes(file: number, position: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = readSync(file, bytes, done, length - done, position + done);
    if (count === 0) throw new Error(`it became shorter while it was read`);
    done += count;
  }
  return bytes;
}
