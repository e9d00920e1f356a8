import type { Picture } from "./picture";

/** How a picture must be turned to stand upright, 1 … 8, from the Exif data of a camera (CIPA DC-008, tag 0x0112); 1, as it is,
 * where they do not say, or cannot be read.
 * @param exif what follows the letters "Exif" and two zeros: a TIFF file whose first directory has the entry */
export function exifOrientation(exif: Buffer): number {
  if (exif.length < 8) return 1;
  const little = exif.toString("latin1", 0, 2) === "II";
  const short = (at: number): number => (little ? exif.readUInt16LE(at) : exif.readUInt16BE(at));
  const directory = little ? exif.readUInt32LE(4) : exif.readUInt32BE(4);
  if (directory + 2 > exif.length) return 1;
  const entries = Math.min(short(directory), Math.floor((exif.length - directory - 2) / 12));
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (short(entry) !== 0x0112) continue;
    const value = short(entry + 8);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** The picture upright. Orientations 5 to 8 swap its sides. */
export function upright(picture: Picture, orientation: number): Picture {
  if (orientation === 1) return picture;
  const { width, height, rgba } = picture;
  const turned = orientation >= 5;
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const [newWidth, newHeight] = turned ? [height, width] : [width, height];
  const from = pixels(rgba);
  const to = new Uint32Array(from.length);
  for (let y = 0; y < newHeight; y++) {
    for (let x = 0; x < newWidth; x++) {
      const [column, row] = turned ? [y, x] : [x, y];
      const oldX = fromRight ? width - 1 - column : column;
      const oldY = fromBottom ? height - 1 - row : row;
      to[y * newWidth + x] = from[oldY * width + oldX];
    }
  }
  return { width: newWidth, height: newHeight, rgba: new Uint8Array(to.buffer) };
}

/** The four bytes of a pixel as one number. */
function pixels(rgba: Uint8Array): Uint32Array {
  const { buffer, byteOffset, length } = byteOffsetFits(rgba) ? rgba : rgba.slice();
  return new Uint32Array(buffer, byteOffset, length / 4);
}

const byteOffsetFits = ({ byteOffset }: Uint8Array): boolean => byteOffset % 4 === 0;
