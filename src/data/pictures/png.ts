import { inflateSync } from "node:zlib";
import { pngjs } from "../../plot/lazy";
import { checkPixels, decoding, UnusableFile, type Picture } from "./picture";

/** The first eight bytes of every PNG file. */
export const pngSignature: Buffer = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

/** Decodes a PNG file of any kind: grey, colour or palette, of 1 to 16 bits (16 are rounded to 8), interlaced or not. Of an
 * animation the first picture counts. Gamma and colour profiles are not applied.
 * @throws UnusableFile if it is cut short or damaged, or has more than `maxPixels` pixels */
export function decodePng(file: Buffer, maxPixels: number): Picture {
  const { end, data, ...header } = readChunks(file);
  const { width, height } = header;
  checkPixels(width, height, maxPixels);
  return decoding("PNG", () => {
    checkInflated(data, header);
    const { data: rgba } = pngjs().PNG.sync.read(file.subarray(0, end));
    return { width, height, rgba };
  });
}

interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly interlaced: boolean;
}

/** Chunks are length, type, data and checksum (PNG specification, third edition, section 5.3); the first is the header. What
 * follows the last one does not belong to the picture. */
function readChunks(file: Buffer): PngHeader & { readonly end: number; readonly data: readonly Buffer[] } {
  const data: Buffer[] = [];
  let header: PngHeader | undefined;
  let at = pngSignature.length;
  for (;;) {
    if (at + 12 > file.length) throw cutShort();
    const type = file.toString("latin1", at + 4, at + 8);
    const end = at + 12 + file.readUInt32BE(at);
    if (end > file.length) throw cutShort();
    const content = file.subarray(at + 8, end - 4);
    if (header && type === "IHDR") throw new UnusableFile("its PNG data are damaged (there are two headers)");
    header ??= readHeader(type, content);
    if (type === "IDAT") data.push(content);
    if (type === "IEND") return { ...header, end, data };
    at = end;
  }
}

const cutShort = (): UnusableFile => new UnusableFile("the PNG file is cut short");

function readHeader(type: string, content: Buffer): PngHeader {
  if (type !== "IHDR" || content.length !== 13) {
    throw new UnusableFile("its PNG data are damaged (there is no header)");
  }
  const [bits, colour, , , interlaced] = content.subarray(8);
  const kind = kinds[colour];
  if (!kind?.bits.includes(bits)) {
    throw new UnusableFile(`its PNG data are damaged (there is no kind ${colour} of ${bits} bits)`);
  }
  return {
    width: content.readUInt32BE(0),
    height: content.readUInt32BE(4),
    bitsPerPixel: kind.channels * bits,
    interlaced: interlaced !== 0,
  };
}

/** Kinds of colour by their numbers (table 11.1): how many numbers make a pixel, and how many bits these may have. */
const kinds: Readonly<
  Partial<Record<number, { readonly channels: number; readonly bits: readonly number[] }>>
> = {
  0: { channels: 1, bits: [1, 2, 4, 8, 16] },
  2: { channels: 3, bits: [8, 16] },
  3: { channels: 1, bits: [1, 2, 4, 8] },
  4: { channels: 2, bits: [8, 16] },
  6: { channels: 4, bits: [8, 16] },
};

/** pngjs does not look at how much there is: it would take what lies in memory for missing rows, and let interlaced files inflate
 * without end. */
function checkInflated(data: readonly Buffer[], header: PngHeader): void {
  const expected = inflatedSize(header);
  let bytes: Buffer;
  try {
    bytes = inflateSync(Buffer.concat(data), { maxOutputLength: expected });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
    throw new UnusableFile("its PNG data are damaged (there are more pixels than its header says)");
  }
  if (bytes.length < expected) throw new UnusableFile("its PNG data are damaged (there are pixels missing)");
}

/** Rows are filled up to whole bytes, after one that names the row's filter. */
function inflatedSize({ width, height, bitsPerPixel, interlaced }: PngHeader): number {
  const sizes = (interlaced ? passes : [wholePass]).map(({ x, y, dx, dy }) => {
    const [columns, rows] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)];
    return columns > 0 && rows > 0 ? rows * (1 + Math.ceil((columns * bitsPerPixel) / 8)) : 0;
  });
  return sizes.reduce((sum, size) => sum + size);
}

/** Where the pixels of a pass begin, and how far they are apart. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

const wholePass: Pass = { x: 0, y: 0, dx: 1, dy: 1 };

/** Adam7, the order of interlaced files (section 8.1). */
const passes: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];
