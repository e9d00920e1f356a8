import { join } from "node:path";
import { decodeJpeg } from "../../../src/data/pictures/jpeg";
import { UnusableFile, type Picture } from "../../../src/data/pictures/picture";
import { decodePng } from "../../../src/data/pictures/png";
import { readPicture } from "../../../src/data/pictures/read";
import { chunk, folderOf, grey, jpeg, numbersBelow, png, pngOf, type PngParts } from "./picture-files";
import reference from "./pictures.json";

const most = 1e6;
type Name = keyof typeof reference;
const fixture = (name: Name): Buffer => Buffer.from(reference[name].file, "base64");

/** Reads the bytes as a file. */
const read = (content: Buffer | string, maxPixels: number = most): Promise<Picture> =>
  readPicture(join(folderOf({ file: content }), "file"), maxPixels);

describe("JPEG files are read as libjpeg reads them", () => {
  // Where colours are stored for 2 × 2 pixels at once, libjpeg blends them and we repeat them.
  test.each(Object.entries(reference))("%s", async (name, { file, width, height, rgb }) => {
    const picture = await read(Buffer.from(file, "base64"));
    expect([picture.width, picture.height]).toEqual([width, height]);
    expect(picture.rgba).toHaveLength(4 * width * height);
    const errors = [...Buffer.from(rgb, "base64")].map((level, i) =>
      Math.abs(picture.rgba[4 * Math.floor(i / 3) + (i % 3)] - level),
    );
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const [mostMean, mostOfAll] = name.includes("4:2:0") ? [4, 20] : [0.7, 3];
    expect(mean).toBeLessThan(mostMean);
    expect(Math.max(...errors)).toBeLessThanOrEqual(mostOfAll);
    for (let i = 3; i < picture.rgba.length; i += 4) expect(picture.rgba[i]).toBe(255);
  });
});

describe("PNG files", () => {
  const next = numbersBelow(2 ** 16);
  const noise = Array.from({ length: 4 * 13 * 9 }, next);
  const palette = Array.from({ length: 3 * 2 }, () => next() % 256);
  const wide = Array.from({ length: 3 * 256 }, () => next() % 256);

  interface Kind {
    readonly type: number;
    readonly depths: readonly number[];
    readonly channels: number;
    /** Red, green, blue, opacity, of samples between 0 and 1. */
    readonly expected: (samples: readonly number[]) => readonly number[];
  }
  const kinds: Record<string, Kind> = {
    grey: { type: 0, depths: [1, 2, 4, 8, 16], channels: 1, expected: ([v]) => [v, v, v, 1] },
    colour: { type: 2, depths: [8, 16], channels: 3, expected: ([r, g, b]) => [r, g, b, 1] },
    "grey with opacity": { type: 4, depths: [8, 16], channels: 2, expected: ([v, a]) => [v, v, v, a] },
    "colour with opacity": { type: 6, depths: [8, 16], channels: 4, expected: (samples) => samples },
  };
  const cases = Object.entries(kinds).flatMap(([name, kind]) =>
    kind.depths.flatMap((depth) =>
      [false, true].map((interlaced) => ({ ...kind, depth, interlaced, name: `${name}, ${depth} bits` })),
    ),
  );
  const partsOf = (
    width: number,
    height: number,
    type: number,
    depth: number,
    channels: number,
  ): PngParts => ({
    width,
    height,
    type,
    depth,
    samples: (x, y) =>
      Array.from({ length: channels }, (_, c) => noise[4 * (y * width + x) + c] & (2 ** depth - 1)),
  });

  test.each(cases)(
    "$name, interlaced: $interlaced",
    async ({ type, depth, channels, expected, interlaced }) => {
      for (const [width, height] of [
        [13, 9],
        [8, 8],
        [1, 1],
        [3, 2],
      ]) {
        const parts = partsOf(width, height, type, depth, channels);
        const picture = await read(pngOf({ ...parts, interlaced }));
        const levels = Array.from({ length: width * height }, (_, i) =>
          expected(
            parts.samples(i % width, Math.floor(i / width)).map((sample) => sample / (2 ** depth - 1)),
          ),
        );
        expect([picture.width, picture.height]).toEqual([width, height]);
        expect([...picture.rgba]).toEqual(levels.flat().map((level) => Math.round(255 * level)));
      }
    },
  );

  test.each([1, 2, 4, 8].flatMap((depth) => [false, true].map((interlaced) => ({ depth, interlaced }))))(
    "palette, $depth bits, interlaced: $interlaced",
    async ({ depth, interlaced }) => {
      const colours = (depth === 8 ? wide : [...palette, ...wide]).slice(0, 3 * 2 ** depth);
      const transparency = [0, 77];
      const parts = partsOf(13, 9, 3, depth, 1);
      const picture = await read(pngOf({ ...parts, palette: colours, transparency, interlaced }));
      const expected = Array.from({ length: 13 * 9 }, (_, i) => {
        const [index] = parts.samples(i % 13, Math.floor(i / 13));
        return [...colours.slice(3 * index, 3 * index + 3), transparency[index] ?? 255];
      });
      expect([...picture.rgba]).toEqual(expected.flat());
    },
  );

  test("one level, or one colour, can be the transparent one", async () => {
    const parts = { width: 3, height: 1, depth: 8, samples: (x: number): number[] => [x] };
    const { rgba } = await read(pngOf({ ...parts, type: 0, transparency: [0, 1] }));
    expect([3, 7, 11].map((at) => rgba[at])).toEqual([255, 0, 255]);
    const colour = await read(
      pngOf({ ...parts, type: 2, samples: (x) => [9, 8, x], transparency: [0, 9, 0, 8, 0, 2] }),
    );
    expect([3, 7, 11].map((at) => colour.rgba[at])).toEqual([255, 255, 0]);
  });

  test("what follows the picture, and chunks that nobody knows, are no harm", async () => {
    const file = png(3, 2, (x, y) => [x, y, 7]);
    const { rgba } = await read(file);
    expect((await read(Buffer.concat([file, Buffer.from("more")]))).rgba).toEqual(rgba);
    const header = file.subarray(0, 33);
    const withText = Buffer.concat([header, chunk("tEXt", Buffer.from("a\0b")), file.subarray(33)]);
    expect((await read(withText)).rgba).toEqual(rgba);
  });
});

test("what follows a JPEG picture is no harm, nor are bytes that fill", async () => {
  const file = fixture("baseline");
  const { rgba } = await read(file);
  // As telephones do: another picture, or a film.
  expect((await read(Buffer.concat([file, file]))).rgba).toEqual(rgba);
  const fill = Buffer.from([0xff, 0xff, 0xff]);
  expect((await read(Buffer.concat([file.subarray(0, 2), fill, file.subarray(2)]))).rgba).toEqual(rgba);
});

/** The file with other bytes from a place on. */
function patched(file: Buffer, at: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(file);
  copy.set(bytes, at);
  return copy;
}

/** Where a marker stands. */
const place = (file: Buffer, marker: number): number => file.indexOf(Buffer.from([0xff, marker]));

describe("skipped, with the reason:", () => {
  const baseline = fixture("baseline");
  const frame = place(baseline, 0xc0);
  const oneGrey = pngOf({ width: 1, height: 1, type: 0, depth: 8, samples: () => [7] });
  const small = { width: 2, height: 2, type: 0, depth: 8, samples: () => [7] };
  const scan = baseline.subarray(place(baseline, 0xda), place(baseline, 0xd9));
  const text = "This is a text.";
  test.each<[string, Buffer | string, RegExp]>([
    ["an empty file", "", /^it is empty$/],
    ["one byte", "\x89", /^it is neither a PNG nor a JPEG file, whatever its name$/],
    ["a text", text, /^it is neither a PNG nor a JPEG file, whatever its name$/],
    ["WebP", "RIFF\0\0\0\0WEBPVP8 ", /^it is a WebP file, whatever its name$/],
    ["GIF", "GIF89a\x01\0\x01\0", /^it is a GIF file/],
    ["HEIC", "\0\0\0\x18ftypheic\0\0\0\0", /^it is a HEIC file/],
    ["AVIF", "\0\0\0\x18ftypavif\0\0\0\0", /^it is a AVIF file/],
    ["TIFF", "II*\0\x08\0\0\0", /^it is a TIFF file/],
    ["BMP", "BM\0\0\0\0", /^it is a BMP file/],
    ["a PNG file that goes on as a text", "\x89PNG\r\n\x1a\n" + text, /PNG/],
    [
      "a PNG file without a header",
      Buffer.concat([oneGrey.subarray(0, 8), oneGrey.subarray(33)]),
      /no header/,
    ],
    ["two headers", Buffer.concat([oneGrey.subarray(0, 33), oneGrey.subarray(8)]), /there are two headers/],
    ["a changed byte", patched(oneGrey, 45, oneGrey[45] ^ 1), /^its PNG data are damaged/],
    ["a wrong checksum", patched(oneGrey, 30, oneGrey[30] ^ 1), /^its PNG data are damaged/],
    ["3 bits", pngOf({ ...small, depth: 3 }), /there is no kind 0 of 3 bits/],
    ["a type that is not", pngOf({ ...small, type: 5 }), /there is no kind 5 of 8 bits/],
    ["a filter that is not", pngOf({ ...small, filter: 9 }), /Unrecognised filter type - 9/],
    [
      "a colour beyond the palette",
      pngOf({ ...small, type: 3, palette: [1, 2, 3] }),
      /index 7 not in palette/,
    ],
    ["no palette", pngOf({ ...small, type: 3 }), /Expected palette not found/],
    [
      "too few rows",
      pngOf({ ...small, raw: Buffer.from([0, 1, 2, 0, 1]) }),
      /^its PNG data are damaged \(there are pixels missing\)$/,
    ],
    [
      "too many rows",
      pngOf({ ...small, raw: Buffer.alloc(9) }),
      /there are more pixels than its header says/,
    ],
    [
      "interlaced, too few rows",
      pngOf({ ...small, interlaced: true, raw: Buffer.from([0, 1]) }),
      /^its PNG data are damaged \(there are pixels missing\)$/,
    ],
    ["no row", pngOf({ ...small, raw: Buffer.alloc(0) }), /its PNG data are damaged/],
    ["no width", pngOf({ ...small, width: 0 }), /^its size is 0 × 2 pixels$/],
    ["no height", patched(baseline, frame + 5, 0, 0), /^its size is 28 × 0 pixels$/],
    [
      "arithmetic coding",
      patched(baseline, frame + 1, 0xc9),
      /^its kind of JPEG \(arithmetic coding\) cannot/,
    ],
    ["lossless", patched(baseline, frame + 1, 0xc3), /^its kind of JPEG \(lossless\) cannot/],
    ["hierarchical", patched(baseline, frame + 1, 0xc5), /^its kind of JPEG \(hierarchical\) cannot/],
    ["12 bits", patched(baseline, frame + 4, 12), /^its JPEG data have 12 bits instead of 8$/],
    [
      "two components",
      patched(baseline, frame + 9, 2),
      /^its JPEG data have 2 components instead of 1, 3 or 4$/,
    ],
    ["no components", patched(baseline, frame + 9, 0), /the frame has no components/],
    ["no frame", Buffer.concat([baseline.subarray(0, frame), baseline.subarray(frame + 19)]), /no picture/],
    ["no scan", Buffer.from([0xff, 0xd8, 0xff, 0xd9]), /there is no picture/],
    [
      "two frames",
      Buffer.concat([
        baseline.subarray(0, frame),
        baseline.subarray(frame, frame + 19),
        baseline.subarray(frame),
      ]),
      /there are two frames/,
    ],
    [
      "CMYK of a kind that cannot be told",
      patched(fixture("CMYK"), fixture("CMYK").indexOf("Adobe"), 0),
      /^its JPEG data are damaged \(Unsupported color mode \(4 components\)\)$/,
    ],
    [
      "JPEG without its tables",
      Buffer.concat([
        baseline.subarray(0, 2),
        baseline.subarray(frame, frame + 19),
        scan,
        Buffer.from([255, 0xd9]),
      ]),
      /^its JPEG data are damaged/,
    ],
    ["other coded data", patched(baseline, baseline.length - 300, ...Buffer.alloc(200, 0xfe)), /damaged/],
  ])("%s", async (_, content, reason) => {
    const error = await read(content).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnusableFile);
    expect((error as Error).message).toMatch(reason);
  });

  const whole: Record<string, [Buffer, (file: Buffer, maxPixels: number) => Picture]> = {
    "a PNG file": [png(5, 4, (x, y) => [50 * x, 50 * y, 9]), decodePng],
    "an interlaced PNG file": [pngOf({ ...small, width: 9, interlaced: true }), decodePng],
    "a JPEG file": [fixture("baseline"), decodeJpeg],
    "a JPEG file of jpeg-js": [jpeg(20, 20, (x, y) => [10 * x, 10 * y, 9]), decodeJpeg],
    "a progressive JPEG file": [fixture("progressive 4:2:0 with restarts"), decodeJpeg],
  };
  test.each(Object.entries(whole))("%s that is cut short, wherever", (_, [file, decode]) => {
    expect(() => decode(file, most)).not.toThrow();
    for (let length = 8; length < file.length; length++) {
      expect(() => decode(file.subarray(0, length), most)).toThrow(/^the (PNG|JPEG) file is cut short$/);
    }
  });

  test.each(Object.entries(whole))("%s with damaged bytes has pixels or a reason", (_, [file, decode]) => {
    const next = numbersBelow(file.length - 8);
    const { width, height } = decode(file, most);
    let skipped = 0;
    for (let i = 0; i < 300; i++) {
      const damaged = patched(file, 8 + next(), next() % 256);
      try {
        const picture = decode(damaged, 1e5);
        expect(picture.rgba).toHaveLength(4 * picture.width * picture.height);
      } catch (error) {
        expect(error).toBeInstanceOf(UnusableFile);
        skipped++;
      }
    }
    expect([width > 0, height > 0]).toEqual([true, true]);
    expect(skipped).toBeGreaterThan(10);
  });
});

describe("a few bytes that stand for very many", () => {
  const reason = "30000 × 20000 = 600000000 pixels are more than maxPixels = 1000000";
  const zeros = (megabytes: number): Buffer => Buffer.alloc(megabytes * 2 ** 20);
  const cheap = async (file: Buffer): Promise<string> => {
    const before = process.memoryUsage().rss;
    const message = await read(file).then(
      () => "",
      (error: unknown) => (error as Error).message,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 2 ** 20);
    return message;
  };

  test("PNG", async () => {
    const file = pngOf({
      width: 30000,
      height: 20000,
      type: 0,
      depth: 1,
      samples: () => [0],
      raw: zeros(75),
    });
    expect(await cheap(file)).toBe(reason);
  });

  test.each([false, true])("PNG that is small by its header, interlaced: %s", async (interlaced) => {
    const parts = { width: 8, height: 8, type: 6, depth: 16, samples: () => [1, 2, 3, 4], interlaced };
    await expect(read(pngOf(parts))).resolves.toMatchObject({ width: 8 });
    const bomb = pngOf({ ...parts, raw: zeros(120) });
    expect(await cheap(bomb)).toMatch(/there are more pixels than its header says/);
  });

  test("JPEG", async () => {
    const file = fixture("baseline");
    const size = place(file, 0xc0) + 5;
    expect(await cheap(patched(file, size, 20000 >> 8, 20000 & 255, 30000 >> 8, 30000 & 255))).toBe(reason);
  });

  test("JPEG with very many scans", async () => {
    const file = fixture("progressive");
    const at = place(file, 0xda);
    const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0]);
    const many = Buffer.concat([file.subarray(0, at), ...Array<Buffer>(200).fill(scan), file.subarray(at)]);
    expect(await cheap(many)).toMatch(/^its JPEG data have 2\d\d scans; up to 100 are read$/);
  });

  test("the limit is a choice", async () => {
    const file = png(20, 10, () => grey(7));
    await expect(read(file, 200)).resolves.toMatchObject({ width: 20, height: 10 });
    await expect(read(file, 199)).rejects.toThrow("20 × 10 = 200 pixels are more than maxPixels = 199");
  });
});
