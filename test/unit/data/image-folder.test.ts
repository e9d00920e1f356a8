import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import {
  loadImageFolder,
  tf,
  type ImageFolder,
  type ImageFolderOptions,
  type ProgressState,
} from "diffusion";
import { InterruptedError } from "../../../src/notebook/host";
import { withHost } from "../notebook/fake-host";
import { folderOf, grey, jpeg, numbersBelow, png, type Paint } from "./picture-files";

const quiet = { pictures: false, show: (): void => undefined };

const load = (folder: string, options: Partial<ImageFolderOptions> = {}): Promise<ImageFolder> =>
  loadImageFolder(folder, { size: 2, channels: 1, screen: quiet, ...options });

/** A picture that is told by its level. */
const plain = (level: number): Buffer => png(2, 2, () => grey(level));

/** The levels of images of one, 0 … 255. */
const levels = ({ images }: ImageFolder): number[] =>
  Array.from(images.mean([1, 2, 3]).add(1).mul(127.5).round().dataSync());

const damaged = plain(1).subarray(0, 50);

/** The one image of a picture, as numbers. */
async function square(content: Buffer, options: Partial<ImageFolderOptions>): Promise<number[]> {
  const { images } = await load(folderOf({ "a.png": content }), options);
  const { size = 2, channels = 1 } = options;
  expect(images.shape).toEqual([1, size, size, channels]);
  return Array.from(images.dataSync());
}

const value = (level: number): number => level / 127.5 - 1;

function expectClose(found: readonly number[], expected: readonly number[], error: number = 1e-6): void {
  expect(found).toHaveLength(expected.length);
  expect(Math.max(...found.map((number, i) => Math.abs(number - expected[i])))).toBeLessThan(error);
}

/** Row by row. */
const grid = (size: number, at: (x: number, y: number) => number): number[] =>
  Array.from({ length: size * size }, (_, i) => at(i % size, Math.floor(i / size)));

describe("a picture becomes a square image in [-1, 1]:", () => {
  const next = numbersBelow(256);
  const noise = Array.from({ length: 3 * 40 * 40 }, next);
  const noisy: Paint = (x, y) =>
    [0, 1, 2].map((c) => noise[3 * (40 * y + x) + c]) as [number, number, number];

  test("of the same size, its own levels", async () => {
    const found = await square(png(5, 5, noisy), { size: 5, channels: 3 });
    expectClose(
      found,
      grid(5, (x, y) => 5 * y + x).flatMap((i) => [...noisy(i % 5, Math.floor(i / 5))].map((v) => value(v!))),
    );
    expect(await square(plain(0), { size: 2 })).toEqual([-1, -1, -1, -1]);
    expect(await square(plain(255), { size: 2 })).toEqual([1, 1, 1, 1]);
  });

  test.each([1, 2, 3, 5, 7, 12, 13, 19, 64])("constant stays constant, at %i pixels", async (size) => {
    const found = await square(
      png(13, 17, () => [10, 130, 250]),
      { size, channels: 3 },
    );
    expectClose(
      found,
      Array<number[]>(size * size)
        .fill([10, 130, 250].map(value))
        .flat(),
    );
  });

  test("a linear ramp, shrunk: the mean of each part", async () => {
    const column = await square(
      png(24, 24, (x) => grey(10 * x)),
      { size: 6 },
    );
    expectClose(
      column,
      grid(6, (x) => value(10 * (4 * x + 1.5))),
    );
    const row = await square(
      png(24, 24, (_, y) => grey(10 * y)),
      { size: 6 },
    );
    expectClose(
      row,
      grid(6, (_, y) => value(10 * (4 * y + 1.5))),
    );
  });

  test("a board of black and white, shrunk: grey", async () => {
    const board = png(8, 8, (x, y) => grey((x + y) % 2 === 0 ? 0 : 255));
    for (const size of [1, 2, 4])
      expectClose(
        await square(board, { size }),
        grid(size, () => 0),
      );
  });

  // Each pixel repeated `to` times in both directions, and blocks of `from` averaged: the same areas in whole numbers.
  test.each([
    [10, 4],
    [7, 3],
    [13, 12],
    [40, 1],
    [9, 6],
  ])("%i pixels become %i by the means over areas", async (from, to) => {
    const found = await square(png(from, from, noisy), { size: to, channels: 3 });
    const mean = (x: number, y: number, c: number): number => {
      let sum = 0;
      for (let j = 0; j < from; j++) {
        for (let i = 0; i < from; i++) {
          sum += noisy(Math.floor((x * from + i) / to), Math.floor((y * from + j) / to))[c]!;
        }
      }
      return value(sum / from ** 2);
    };
    expectClose(
      found,
      grid(to, (x, y) => to * y + x).flatMap((i) =>
        [0, 1, 2].map((c) => mean(i % to, Math.floor(i / to), c)),
      ),
    );
  });

  test.each([
    [4, 8],
    [5, 12],
    [3, 4],
    [1, 5],
  ])("%i pixels become %i bilinearly", async (from, to) => {
    const place = (i: number): number => Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const found = await square(
      png(from, from, (x, y) => grey(30 * x + 7 * y)),
      { size: to },
    );
    expectClose(
      found,
      grid(to, (x, y) => value(30 * place(x) + 7 * place(y))),
    );
    // A bilinear surface is its own: with a product of x and y, too.
    const saddle = await square(
      png(from, from, (x, y) => grey(10 * x * y)),
      { size: to },
    );
    expectClose(
      saddle,
      grid(to, (x, y) => value(10 * place(x) * place(y))),
    );
  });

  test.each([
    [9, 4, 2, 0],
    [4, 9, 0, 2],
    [8, 3, 2, 0],
    [3, 8, 0, 2],
    [5, 4, 0, 0],
  ])("of %i × %i pixels, the middle", async (width, height, left, top) => {
    const size = Math.min(width, height);
    const found = await square(
      png(width, height, (x, y) => grey(20 * x + y)),
      { size },
    );
    expectClose(
      found,
      grid(size, (x, y) => value(20 * (x + left) + y + top)),
    );
  });

  test("grey is the luma of ITU-R BT.709", async () => {
    for (const [c, weight] of [0.2126, 0.7152, 0.0722].entries()) {
      const pure = png(2, 2, () => [0, 1, 2].map((i) => (i === c ? 255 : 0)) as [number, number, number]);
      expectClose(await square(pure, { channels: 1 }), Array<number>(4).fill(2 * weight - 1));
    }
  });

  test("a grey file has three equal channels if three are asked for", async () => {
    expectClose(await square(plain(40), { channels: 3 }), Array<number>(12).fill(value(40)));
  });

  test("where it is transparent, white or another background shows through", async () => {
    const picture = png(2, 2, (x) => [51, 102, 204, x === 0 ? 0 : 51]);
    const expected = (background: number): number[] =>
      grid(2, (x) => x).flatMap((x) =>
        [51, 102, 204].map((level) => (x === 0 ? background : 0.2 * value(level) + 0.8 * background)),
      );
    expectClose(await square(picture, { channels: 3 }), expected(1));
    for (const background of [-1, 0.25]) {
      expectClose(await square(picture, { channels: 3, background }), expected(background));
    }
  });

  test("an invisible colour does not bleed into its neighbours", async () => {
    const picture = png(2, 2, (x) => (x === 0 ? [255, 0, 0, 0] : [0, 0, 0, 255]));
    expectClose(await square(picture, { size: 1, channels: 3, background: -1 }), [-1, -1, -1]);
  });
});

describe("a folder", () => {
  test("without sub-folders has no classes, and the order of UTF-16", async () => {
    const names = [
      "B.png",
      "Z.PNG",
      "a.png",
      "a10.png",
      "a2.png",
      "b.jpeg",
      "c.JPG",
      "é.png",
      "\u{1F600}.png",
      "\uFF5E.png",
    ];
    const files = names.map((name, i) => [name, plain(20 * i)] as const);
    const data = await load(folderOf(Object.fromEntries(files.toReversed())));
    expect(data.files).toEqual(names);
    expect(levels(data)).toEqual(names.map((_, i) => 20 * i));
    expect(data.classes).toEqual([]);
    expect(data.labels).toEqual(new Int32Array(0));
    expect(data.skipped).toEqual([]);
  });

  test("with sub-folders has classes", async () => {
    const data = await load(
      folderOf({
        "dog/1.png": plain(10),
        "dog/2.png": plain(20),
        "cat/x/y/1.png": plain(30),
        "cat/1.png": plain(40),
        "cat-like/1.png": plain(50),
        "notes/about.txt": "no picture",
        ".hidden/1.png": plain(60),
      }),
    );
    expect(data.classes).toEqual(["cat", "cat-like", "dog"]);
    // "-" comes before "/".
    expect(data.files).toEqual(["cat-like/1.png", "cat/1.png", "cat/x/y/1.png", "dog/1.png", "dog/2.png"]);
    expect(data.labels).toEqual(Int32Array.of(1, 0, 0, 2, 2));
    expect(levels(data)).toEqual([50, 40, 30, 10, 20]);
    expect(data.skipped).toEqual([]);
  });

  test("whose files lie beside its classes: they are skipped, and told", async () => {
    const data = await load(folderOf({ "a.png": plain(1), "b/1.png": plain(2), "b/2.png": "", "c.png": "" }));
    expect(data.files).toEqual(["b/1.png"]);
    const reason = "it lies beside the folders of the classes (b)";
    expect(data.skipped).toEqual([
      { file: "a.png", reason },
      { file: "b/2.png", reason: "it is empty" },
      { file: "c.png", reason },
    ]);
  });

  test("is judged by what its files are, not by their names", async () => {
    const data = await load(
      folderOf({
        "a.png": jpeg(8, 8, () => grey(50)),
        "b.jpg": plain(100),
        "c.png": "a text",
        "d.txt": plain(1),
        ".e.png": plain(2),
        "f.gif": "GIF89a",
        g: plain(3),
      }),
    );
    expect(data.files).toEqual(["a.png", "b.jpg"]);
    expect(levels(data)).toEqual([50, 100]);
    expect(data.skipped).toEqual([
      { file: "c.png", reason: "it is neither a PNG nor a JPEG file, whatever its name" },
    ]);
  });

  test("keeps the name of a class whose pictures are all damaged, so that labels stay what they are", async () => {
    const data = await load(folderOf({ "a/1.png": damaged, "b/1.png": plain(1), "c/1.txt": "" }));
    expect(data.classes).toEqual(["a", "b"]);
    expect(data.labels).toEqual(Int32Array.of(1));
    expect(data.skipped).toEqual([{ file: "a/1.png", reason: "the PNG file is cut short" }]);
  });

  test("loads the same twice, and leaves only the images in memory", async () => {
    const folder = folderOf({
      "a/2.png": plain(3),
      "a/1.jpg": jpeg(9, 5, (x, y) => [x, y, 99]),
      "b/1.png": plain(4),
    });
    const before = tf.memory().numTensors;
    const [one, two] = [await load(folder), await load(folder)];
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(two.images.dataSync()).toEqual(one.images.dataSync());
    expect([two.files, two.labels]).toEqual([one.files, one.labels]);
    tf.dispose([one.images, two.images]);
  });

  test("has three channels unless grey is asked for", async () => {
    const { images } = await loadImageFolder(folderOf({ "a.png": plain(1) }), { size: 4, screen: quiet });
    expect([images.shape, images.dtype]).toEqual([[1, 4, 4, 3], "float32"]);
  });
});

describe("a count", () => {
  test("takes the first files, and reads no more", async () => {
    const folder = folderOf({
      "1.png": damaged,
      "2.png": plain(2),
      "3.png": plain(3),
      "4.png": damaged,
      "5.png": plain(5),
    });
    const data = await load(folder, { count: 2 });
    expect(data.files).toEqual(["2.png", "3.png"]);
    expect(data.images.shape).toEqual([2, 2, 2, 1]);
    expect(data.skipped.map(({ file }) => file)).toEqual(["1.png"]);
    expect((await load(folder, { count: 100 })).files).toEqual(["2.png", "3.png", "5.png"]);
    // The order of UTF-8, in which folders are read, is another.
    const wide = folderOf({ "\uFF5E.png": plain(1), "\u{1F600}.png": plain(2) });
    expect((await load(wide, { count: 1 })).files).toEqual(["\u{1F600}.png"]);
  });

  test("takes them from each class in turn, and leaves them in the order of their paths", async () => {
    const folder = folderOf({
      ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`a/${i}.png`, plain(i)])),
      "b/0.png": damaged,
      ...Object.fromEntries([1, 2, 3, 4].map((i) => [`b/${i}.png`, plain(20 + i)])),
      "c/0.png": plain(30),
    });
    const data = await load(folder, { count: 6 });
    expect(data.files).toEqual(["a/0.png", "a/1.png", "a/2.png", "b/1.png", "b/2.png", "c/0.png"]);
    expect(data.labels).toEqual(Int32Array.of(0, 0, 0, 1, 1, 2));
    expect(levels(data)).toEqual([0, 1, 2, 21, 22, 30]);
  });
});

describe("what is no file", () => {
  const target = folderOf({ "a/1.png": plain(9) });

  test("links are followed, but not for ever", async () => {
    const folder = folderOf({ "b/1.png": plain(1) });
    symlinkSync(join(target, "a"), join(folder, "a"));
    symlinkSync(join(target, "a", "1.png"), join(folder, "b", "2.png"));
    symlinkSync(folder, join(folder, "b", "up"));
    symlinkSync(join(folder, "nowhere"), join(folder, "b", "3.png"));
    const data = await load(folder);
    expect(data.files).toEqual(["a/1.png", "b/1.png", "b/2.png"]);
    expect(levels(data)).toEqual([9, 1, 9]);
    expect(data.skipped).toEqual([
      { file: "b/3.png", reason: expect.stringContaining("ENOENT") as string },
      { file: "b/up", reason: "it leads back to a folder above it" },
    ]);
  });

  test("a pipe is not read, and a folder with a picture's name is a folder", async () => {
    const folder = folderOf({ "1.png": plain(1) });
    execFileSync("mkfifo", [join(folder, "2.png")]);
    mkdirSync(join(folder, "3.png"));
    const data = await load(folder);
    expect(data.files).toEqual(["1.png"]);
    expect(data.skipped).toEqual([{ file: "2.png", reason: "it is not a regular file" }]);
  });

  test("a file of gigabytes is not read", async () => {
    const folder = folderOf({ "1.png": plain(1), "2.png": plain(2) });
    truncateSync(join(folder, "2.png"), 3 * 2 ** 30);
    const { skipped } = await load(folder, { maxPixels: 1000 });
    expect(skipped).toEqual([
      { file: "2.png", reason: "its 3221225472 bytes are more than maxPixels = 1000 can need" },
    ]);
  });
});

describe("an error names", () => {
  test("the folder that is not there, or is none", async () => {
    const folder = folderOf({ "a.png": plain(1) });
    await expect(load(join(folder, "b"))).rejects.toThrow(
      `folder is "${folder}/b", but there is no such folder (${folder}/b)`,
    );
    await expect(load("not-here")).rejects.toThrow(`there is no such folder (${process.cwd()}/not-here)`);
    await expect(load(join(folder, "a.png"))).rejects.toThrow(
      `folder is "${folder}/a.png", but that is a file`,
    );
    await expect(load("not-here")).rejects.toThrow(RangeError);
  });

  test("the folder without pictures", async () => {
    const folder = folderOf({ "a.txt": "", "b/c.gif": "" });
    await expect(load(folder)).rejects.toThrow(
      `folder is "${folder}", which has no usable picture (${folder}): no file in it is named .png, .jpg or .jpeg.`,
    );
  });

  test("the first files that had to be skipped, if all had to", async () => {
    const folder = folderOf({ "1.png": "", "2.png": damaged, "3.png": "text", "4.png": "", "5.png": "" });
    const before = tf.memory().numTensors;
    await expect(load(folder)).rejects.toThrow(
      "All 5 had to be skipped. 1.png: it is empty; 2.png: the PNG file is cut short; " +
        "3.png: it is neither a PNG nor a JPEG file, whatever its name … and 2 more.",
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each<[Partial<ImageFolderOptions>, string]>([
    [{ size: 0 }, "size is 0; use a whole number of 1 or more."],
    [{ size: 2.5 }, "size is 2.5"],
    [{ channels: 2 as 1 }, "channels is 2; use 1 or 3."],
    [{ count: 0 }, "count is 0; use a whole number of 1 or more."],
    [{ background: 255 }, "background is 255; use a finite number from -1 to 1."],
    [{ maxPixels: 0 }, "maxPixels is 0"],
    [{ size: 1_000_000 }, "size is 1000000, at which 1 images take 4000.0 GB"],
  ])("the option: %p", async (options, message) => {
    const folder = folderOf({ "a.png": plain(1) });
    await expect(load(folder, options)).rejects.toThrow(RangeError);
    await expect(load(folder, options)).rejects.toThrow(message);
  });
});

describe("while a folder is loaded", () => {
  const many = folderOf(
    Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`${100 + i}.png`, i % 8 === 3 ? damaged : plain(i)]),
    ),
  );

  test("progress is shown, and how many had to be skipped", async () => {
    const states: ProgressState[] = [];
    const screen = { pictures: false, show: (state: ProgressState): unknown => states.push(state) };
    await load(many, { screen, every: 0 });
    expect(states.at(-1)).toMatchObject({
      label: "loading images",
      step: 35,
      total: 40,
      status: "done",
      values: { skipped: 5 },
    });
    expect(states.length).toBeGreaterThan(30);
    await load(many, { screen, label: "cats", count: 10 });
    expect(states.at(-1)).toMatchObject({ label: "cats", step: 10, total: 10, status: "done" });
  });

  test("the event loop turns between two files", async () => {
    let turns = 0;
    let timer = setImmediate(function count() {
      turns++;
      timer = setImmediate(count);
    });
    await load(many);
    clearImmediate(timer);
    expect(turns).toBeGreaterThanOrEqual(40);
  });

  test(
    "an interrupt ends it, and nothing is left",
    withHost(async (host) => {
      const before = tf.memory().numTensors;
      const states: ProgressState[] = [];
      const screen = {
        pictures: false,
        show: (state: ProgressState): void => {
          states.push(state);
          if (state.step === 5) host.interrupt();
        },
      };
      await expect(load(many, { screen, every: 0 })).rejects.toThrow(InterruptedError);
      expect(states.at(-1)).toMatchObject({ step: 5, status: "stopped" });
      expect(tf.memory().numTensors).toBe(before);
    }),
  );

  test(
    "an interrupt ends it also among files that are all damaged",
    withHost(async (host) => {
      const screen = { pictures: false, show: host.interrupt.bind(host) };
      await expect(load(folderOf({ "1.png": damaged }), { screen })).rejects.toThrow(InterruptedError);
    }),
  );

  test(
    "an interrupt ends it also while files are looked for",
    withHost(async (host) => {
      host.interrupt();
      await expect(load(folderOf({ "1.txt": "" }))).rejects.toThrow(InterruptedError);
    }),
  );
});
