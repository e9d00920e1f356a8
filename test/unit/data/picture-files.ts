/** Picture files that tests make. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { deflateSync } from "node:zlib";
import { encode } from "jpeg-js";
import { PNG } from "pngjs";

/** Files by their paths in a folder that is removed after the tests of the file. */
export function folderOf(files: Readonly<Record<string, Buffer | string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "pictures-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

export type Colour = readonly [red: number, green: number, blue: number, opacity?: number];
export type Paint = (x: number, y: number) => Colour;

export const grey = (level: number): Colour => [level, level, level];

function rgba(width: number, height: number, paint: Paint): Buffer {
  return Buffer.from(
    Array.from({ length: width * height }, (_, i) => {
      const [red, green, blue, opacity = 255] = paint(i % width, Math.floor(i / width));
      return [red, green, blue, opacity];
    }).flat(),
  );
}

/** A PNG file of 8 bits, by pngjs. */
export function png(width: number, height: number, paint: Paint): Buffer {
  const file = new PNG({ width, height });
  file.data = rgba(width, height, paint);
  return PNG.sync.write(file);
}

/** A JPEG file, by jpeg-js. */
export function jpeg(width: number, height: number, paint: Paint, quality: number = 100): Buffer {
  return encode({ width, height, data: rgba(width, height, paint) }, quality).data;
}

/** A PNG file of any kind, as the specification says. */
export interface PngParts {
  readonly width: number;
  readonly height: number;
  /** 0 grey, 2 colour, 3 palette, 4 grey with opacity, 6 colour with opacity. */
  readonly type: number;
  readonly depth: number;
  /** A pixel's samples: as many as the type wants. */
  readonly samples: (x: number, y: number) => readonly number[];
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  readonly interlaced?: boolean;
  /** Before compression, instead of the samples. */
  readonly raw?: Buffer;
  /** For how rows are to be understood: 0 unless a test wants to be wrong. */
  readonly filter?: number;
}

export function pngOf(parts: PngParts): Buffer {
  const { width, height, type, depth, palette, transparency, interlaced = false } = parts;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, interlaced ? 1 : 0], 8);
  const raw =
    parts.raw ?? Buffer.concat((interlaced ? passes : [wholePass]).map((pass) => rowsOf(parts, pass)));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    ...(palette ? [chunk("PLTE", Buffer.from(palette))] : []),
    ...(transparency ? [chunk("tRNS", Buffer.from(transparency))] : []),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

export function chunk(type: string, content: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(checksum(typed));
  return Buffer.concat([length, typed, sum]);
}

/** CRC-32, bit by bit. */
function checksum(bytes: Buffer): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

const wholePass: Pass = { x: 0, y: 0, dx: 1, dy: 1 };

/** Adam7: where each pass begins, and the distances of its pixels. */
const passes: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

function rowsOf({ width, height, depth, samples, filter = 0 }: PngParts, pass: Pass): Buffer {
  const rows: Buffer[] = [];
  if (pass.x >= width) return Buffer.alloc(0);
  for (let y = pass.y; y < height; y += pass.dy) {
    let bits = "";
    for (let x = pass.x; x < width; x += pass.dx) {
      for (const sample of samples(x, y)) bits += sample.toString(2).padStart(depth, "0");
    }
    const bytes = bits.match(/.{1,8}/g) ?? [];
    rows.push(Buffer.from([filter, ...bytes.map((byte) => parseInt(byte.padEnd(8, "0"), 2))]));
  }
  return Buffer.concat(rows);
}

/** Whole numbers 0 … below - 1 that look random, always the same. */
export function numbersBelow(below: number, seed: number = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
