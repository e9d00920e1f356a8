import { createRequire } from "node:module";
import { exifOrientation, upright } from "./orientation";
import { checkPixels, decoding, UnusableFile, type Picture } from "./picture";

/** Loaded at the first JPEG file: most cells need none. */
const jpegjs = (): typeof import("jpeg-js") =>
  createRequire(__filename)("jpeg-js") as typeof import("jpeg-js");

/** The first bytes of every JPEG file. */
export const jpegSignature: Buffer = Buffer.from([0xff, 0xd8, 0xff]);

/** Decodes a JPEG file, baseline or progressive, of grey, YCbCr, RGB, or CMYK with Adobe's marker; a camera's note on how the
 * picture stands is heeded. Colour profiles are not applied.
 * @throws UnusableFile if it is cut short or damaged, has more than `maxPixels` pixels, or is of a rare kind: lossless,
 * arithmetic coding, or 12 bits */
export function decodeJpeg(file: Buffer, maxPixels: number): Picture {
  const header = readSegments(file);
  checkHeader(header, maxPixels);
  const { width, height, data } = decoding("JPEG", () =>
    jpegjs().decode(file, {
      useTArray: true,
      // Without this a file that says "no transform" would be taken for YCbCr all the same.
      ...(isRgb(header) ? { colorTransform: false } : {}),
      maxResolutionInMP: maxPixels / 1e6,
      maxMemoryUsageInMB: 64 + (48 * header.width * header.height) / 2 ** 20,
    }),
  );
  return upright({ width, height, rgba: data }, header.orientation);
}

interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** The number of the start-of-frame marker: 0 baseline, 1 extended, 2 progressive. */
  readonly process: number;
  readonly bits: number;
  /** One letter or number for each component. */
  readonly components: readonly number[];
  /** How often the picture is gone through, each time for more detail. */
  readonly scans: number;
  /** The colour transform of Adobe's marker. */
  readonly transform: number | undefined;
  readonly orientation: number;
}

function checkHeader(
  { width, height, process, bits, components, scans }: JpegHeader,
  maxPixels: number,
): void {
  checkPixels(width, height, maxPixels);
  if (process > 2) throw new UnusableFile(`its kind of JPEG (${processName(process)}) cannot be decoded`);
  if (bits !== 8) throw new UnusableFile(`its JPEG data have ${bits} bits instead of 8`);
  if (![1, 3, 4].includes(components.length)) {
    throw new UnusableFile(`its JPEG data have ${components.length} components instead of 1, 3 or 4`);
  }
  // Each takes time for the whole picture, however few its bytes.
  if (scans > mostScans) {
    throw new UnusableFile(`its JPEG data have ${scans} scans; up to ${mostScans} are read`);
  }
}

/** Encoders make about ten. */
const mostScans = 100;

function processName(process: number): string {
  if (process === 3) return "lossless";
  return process >= 9 ? "arithmetic coding" : "hierarchical";
}

/** Three components are YCbCr unless Adobe's marker or their letters say RGB. */
function isRgb({ components, transform }: JpegHeader): boolean {
  if (components.length !== 3) return false;
  return transform === 0 || (transform === undefined && Buffer.from(components).toString("latin1") === "RGB");
}

/** Goes through the segments (ITU-T T.81, annex B) to the end of the picture. What follows does not belong to it. */
function readSegments(file: Buffer): JpegHeader {
  let frame: Pick<JpegHeader, "width" | "height" | "process" | "bits" | "components"> | undefined;
  let transform: number | undefined;
  let orientation = 1;
  let scans = 0;
  for (const { marker, content } of segments(file)) {
    if (isFrame(marker)) {
      if (frame) throw new UnusableFile("its JPEG data are damaged (there are two frames)");
      frame = readFrame(marker, content);
    } else if (marker === markers.app1 && starts(content, "Exif\0\0")) {
      orientation = exifOrientation(content.subarray(6));
    } else if (marker === markers.app14 && starts(content, "Adobe") && content.length >= 12) {
      transform = content[11];
    } else if (marker === markers.scan) {
      scans++;
    }
  }
  if (!frame || scans === 0) throw new UnusableFile("its JPEG data are damaged (there is no picture)");
  return { ...frame, scans, transform, orientation };
}

const markers = { end: 0xd9, scan: 0xda, app1: 0xe1, app14: 0xee } as const;

/** SOF0 … SOF15, among whose numbers are three other markers. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Restarts and one of old use have no content; a zero says that the byte before was no marker. */
const standsAlone = (marker: number): boolean =>
  marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8);

const starts = (content: Buffer, text: string): boolean =>
  content.toString("latin1", 0, text.length) === text;

interface Segment {
  readonly marker: number;
  readonly content: Buffer;
}

function* segments(file: Buffer): Generator<Segment, void> {
  let at = 2;
  for (;;) {
    // Skips the coded picture after the head of a scan, and bytes that fill.
    at = file.indexOf(0xff, at);
    while (at >= 0 && file[at] === 0xff) at++;
    if (at < 0 || at >= file.length) throw cutShort();
    const marker = file[at++];
    if (marker === markers.end) return;
    if (standsAlone(marker)) continue;
    if (at + 2 > file.length) throw cutShort();
    const end = at + file.readUInt16BE(at);
    if (end > file.length) throw cutShort();
    yield { marker, content: file.subarray(at + 2, end) };
    at = Math.max(end, at + 2);
  }
}

const cutShort = (): UnusableFile => new UnusableFile("the JPEG file is cut short");

function readFrame(
  marker: number,
  content: Buffer,
): Pick<JpegHeader, "width" | "height" | "process" | "bits" | "components"> {
  const count = content.length < 6 ? 0 : content[5];
  if (count === 0 || content.length < 6 + 3 * count) {
    throw new UnusableFile("its JPEG data are damaged (the frame has no components)");
  }
  return {
    process: marker - 0xc0,
    bits: content[0],
    height: content.readUInt16BE(1),
    width: content.readUInt16BE(3),
    components: Array.from({ length: count }, (_, i) => content[6 + 3 * i]),
  };
}
