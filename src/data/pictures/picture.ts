/** A picture as it comes out of a file. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel, 0 … 255, row by row from the top left. */
  readonly rgba: Uint8Array;
}

/** A file that cannot be used; the message is the reason, in a form that can follow the file's name. */
export class UnusableFile extends Error {
  override readonly name = "UnusableFile";
}

/** A few bytes can stand for a picture that no memory holds: its size is judged before it is decoded.
 * @throws UnusableFile if there is no pixel, or if there are more than `maxPixels` */
export function checkPixels(width: number, height: number, maxPixels: number): void {
  if (width < 1 || height < 1) throw new UnusableFile(`its size is ${width} × ${height} pixels`);
  if (width * height <= maxPixels) return;
  throw new UnusableFile(
    `${width} × ${height} = ${width * height} pixels are more than maxPixels = ${maxPixels}`,
  );
}

/** Runs a decoder, whose errors say what is wrong with the file.
 * @throws UnusableFile for any of them */
export function decoding<Result>(format: string, decode: () => Result): Result {
  try {
    return decode();
  } catch (error) {
    if (error instanceof UnusableFile) throw error;
    const { message } = error as Partial<Error>;
    throw new UnusableFile(`its ${format} data are damaged (${message ?? String(error)})`);
  }
}
