import { open } from "node:fs/promises";
import { decodeJpeg, jpegSignature } from "./jpeg";
import { UnusableFile, type Picture } from "./picture";
import { decodePng, pngSignature } from "./png";

/** Reads a PNG or JPEG file. What it is its first bytes say, not its name; any other file is not read further.
 * @throws UnusableFile with the reason, or the error of the file system */
export async function readPicture(path: string, maxPixels: number): Promise<Picture> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(16);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const decode = decoderOf(head.subarray(0, bytesRead));
    checkBytes((await file.stat()).size, maxPixels);
    return decode(await file.readFile(), maxPixels);
  } finally {
    await file.close();
  }
}

/** Of no use are more bytes than four numbers of 16 bits for each pixel take, and some for notes of cameras. */
function checkBytes(bytes: number, maxPixels: number): void {
  const most = Math.min(8 * maxPixels + 2 ** 26, 2 ** 31 - 1);
  if (bytes > most)
    throw new UnusableFile(`its ${bytes} bytes are more than maxPixels = ${maxPixels} can need`);
}

function decoderOf(head: Buffer): typeof decodePng {
  if (begins(head, pngSignature)) return decodePng;
  if (begins(head, jpegSignature)) return decodeJpeg;
  if (head.length === 0) throw new UnusableFile("it is empty");
  const other = otherFormats.find(([pattern]) => pattern.test(head.toString("latin1")))?.[1];
  const what = other ? `it is a ${other} file` : "it is neither a PNG nor a JPEG file";
  throw new UnusableFile(`${what}, whatever its name`);
}

const begins = (head: Buffer, signature: Buffer): boolean =>
  head.subarray(0, signature.length).equals(signature);

/** Formats that often hide behind the names of others. */
const otherFormats: readonly (readonly [RegExp, string])[] = [
  [/^RIFF[^]{4}WEBP/, "WebP"],
  [/^GIF8/, "GIF"],
  [/^BM/, "BMP"],
  [/^(II\*\0|MM\0\*)/, "TIFF"],
  [/^[^]{4}ftyp(avif|avis)/, "AVIF"],
  [/^[^]{4}ftyp(heic|heix|mif1)/, "HEIC"],
];
