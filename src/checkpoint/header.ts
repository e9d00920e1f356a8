import { bytesPerNumber, isStoredType, type StoredType } from "./host-tensor";

/** A tensor in a file: numbers of `type` from byte `begin` to `end` after the header. */
export interface Entry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** What the header of a safetensors file says. */
export interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes before the header, which hold its length. */
export const lengthBytes = 8;

/** The most that the PyPI package safetensors reads. */
export const longestHeader = 100_000_000;

const metadataName = "__metadata__";

/** Gives each tensor its place: those with more bytes for each number first, so that all numbers are aligned.
 * @throws RangeError for a name that the format cannot hold */
export function placeTensors(tensors: readonly Omit<Entry, "begin" | "end">[]): Entry[] {
  let begin = 0;
  return [...tensors]
    .sort((a, b) => bytesPerNumber[b.type] - bytesPerNumber[a.type])
    .map((tensor) => {
      checkName(tensor.name);
      const end = begin + byteLength(tensor.type, tensor.shape);
      const entry = { ...tensor, begin, end };
      begin = end;
      return entry;
    });
}

function checkName(name: string): void {
  if (name === metadataName) {
    throw new RangeError(`A tensor is named ${metadataName}, which the format needs; use another name.`);
  }
  if (Buffer.from(name).toString() !== name) {
    throw new RangeError(`The name ${JSON.stringify(name)} holds half of a character; use whole ones.`);
  }
}

/** The beginning of a file: the header's length, 8 bytes little-endian, and the header, JSON that is padded with spaces to a
 * multiple of 8 bytes (https://huggingface.co/docs/safetensors, "Format").
 * @throws RangeError if it becomes too long */
export function encodeHeader({ entries, metadata }: Header): Buffer {
  const named = entries.map(({ name, type, shape, begin, end }) => [
    name,
    { dtype: type, shape, data_offsets: [begin, end] },
  ]);
  const json = Buffer.from(JSON.stringify(Object.fromEntries([[metadataName, metadata], ...named])));
  const length = Math.ceil(json.length / 8) * 8;
  if (length > longestHeader) {
    throw new RangeError(
      `Names and details take ${json.length} bytes; use ${longestHeader} or fewer, and tensors for what is long.`,
    );
  }
  const bytes = Buffer.alloc(lengthBytes + length, " ");
  bytes.writeBigUInt64LE(BigInt(length));
  json.copy(bytes, lengthBytes);
  return bytes;
}

/** @returns the tensors in the order of their data
 * @throws Error for a header that is no JSON, that describes no tensors, or whose tensors overlap or leave holes */
export function decodeHeader(json: Uint8Array): Header {
  const { [metadataName]: metadata = {}, ...rest } = parse(json);
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw new Error(`${metadataName} in the header must be an object of texts`);
  }
  const entries = Object.entries(rest).map(([name, value]) => entryOf(name, value));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkPlaces(entries);
  return { entries, metadata: metadata as Record<string, string> };
}

function parse(json: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json));
  } catch (error) {
    throw new Error(`the header is not JSON (${(error as Error).message})`);
  }
  if (isRecord(value)) return value;
  throw new Error("the header is JSON, but no object");
}

function entryOf(name: string, value: unknown): Entry {
  const tensor = `the tensor ${JSON.stringify(name)}`;
  if (!isRecord(value)) throw new Error(`${tensor} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isStoredType(dtype)) {
    const known = Object.keys(bytesPerNumber).join(", ");
    throw new Error(
      `${tensor} has the type ${JSON.stringify(dtype)}; of those of the format, ${known} are read`,
    );
  }
  if (!isSizes(shape)) throw new Error(`${tensor} has the shape ${JSON.stringify(shape)}`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new Error(`${tensor} has the offsets ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets;
  const needed = byteLength(dtype, shape);
  if (end - begin === needed) return { name, type: dtype, shape, begin, end };
  throw new Error(
    `${tensor} has ${end - begin} bytes from ${begin} to ${end}, but ${dtype} [${shape.join(", ")}] takes ${needed}`,
  );
}

/** Tensors lie one after the other, from 0 on. */
function checkPlaces(entries: readonly Entry[]): void {
  let end = 0;
  entries.forEach((entry, i) => {
    const name = JSON.stringify(entry.name);
    if (entry.begin > end)
      throw new Error(`bytes ${end} to ${entry.begin}, before ${name}, belong to no tensor`);
    if (entry.begin < end)
      throw new Error(`the tensors ${JSON.stringify(entries[i - 1].name)} and ${name} overlap`);
    end = entry.end;
  });
}

const byteLength = (type: StoredType, shape: readonly number[]): number =>
  bytesPerNumber[type] * shape.reduce((product, size) => product * size, 1);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
