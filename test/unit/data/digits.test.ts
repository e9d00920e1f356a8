import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digitPixels, loadDigits, tf } from "diffusion";
import { readDigits, type DigitStore } from "../../../src/data/digit-store";

describe("digits", () => {
  test("are images in [-1, 1] with the background at -1", () => {
    const { images, labels } = loadDigits({ count: 20 });
    expect(images.shape).toEqual([20, 28, 28, 1]);
    expect(images.min().dataSync()[0]).toBe(-1);
    expect(images.max().dataSync()[0]).toBe(1);
    expect(images.slice([0, 0, 0, 0], [20, 1, 28, 1]).max().dataSync()[0]).toBe(-1);
    expect(labels).toHaveLength(20);
  });

  test("go round the classes, and any beginning is the same", () => {
    const { pixels, labels } = digitPixels({ count: 500 });
    expect([...labels]).toEqual(Array.from({ length: 500 }, (_, i) => i % 10));
    expect(digitPixels({ count: 30 }).pixels).toEqual(pixels.slice(0, 30 * 784));
  });

  test("bytes and tensor are the same images", () => {
    const { pixels } = digitPixels({ count: 3, split: "heldOut" });
    const bytes = loadDigits({ count: 3, split: "heldOut" }).images.add(1).mul(127.5).round();
    expect([...bytes.dataSync()]).toEqual([...pixels]);
  });

  test("are 10,000 in all, and no image is in both splits", () => {
    const hashes = (split: "train" | "heldOut"): string[] => {
      const { pixels, labels } = digitPixels({ split });
      return Array.from(labels, (label, i) => {
        const image = pixels.subarray(i * 784, (i + 1) * 784);
        return `${label} ${Buffer.from(image).toString("base64")}`;
      });
    };
    const [train, heldOut] = [hashes("train"), hashes("heldOut")];
    expect(train.length + heldOut.length).toBe(10_000);
    expect(heldOut.length).toBeGreaterThan(950);
    const known = new Set(train);
    expect(heldOut.filter((image) => known.has(image))).toEqual([]);
  });

  test("pixels of one label look alike: each class's mean image recognises most of its own", () => {
    const { pixels, labels } = digitPixels({ count: 1000 });
    const means = Array.from({ length: 10 }, () => new Float64Array(784));
    labels.forEach((label, i) => {
      for (let p = 0; p < 784; p++) means[label][p] += pixels[i * 784 + p] / 100;
    });
    const held = digitPixels({ count: 200, split: "heldOut" });
    const right = Array.from(held.labels).filter((label, i) => {
      const distance = (mean: Float64Array): number =>
        mean.reduce((sum, value, p) => sum + (value - held.pixels[i * 784 + p]) ** 2, 0);
      const distances = means.map(distance);
      return distances.indexOf(Math.min(...distances)) === label;
    });
    expect(right.length / 200).toBeGreaterThan(0.7);
  });

  test("more than there are is refused", () => {
    expect(() => loadDigits({ count: 20_000 })).toThrow(
      /count is 20000, but the split "train" has 9\d{3} digits/,
    );
    expect(() => loadDigits({ count: 0 })).toThrow("count is 0; use a whole number of 1 or more");
  });

  test("only the images stay in memory", () => {
    const before = tf.memory().numTensors;
    loadDigits({ count: 5 }).images.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test("the package's gray levels are found again exactly", () => {
  const folder = mkdtempSync(join(tmpdir(), "digits-"));
  try {
    const { pixels, labels } = readDigits(join(folder, "digits.bin"));
    const { data } = JSON.parse(readFileSync(require.resolve("mnist/src/digits/3.json"), "utf8")) as {
      data: number[];
    };
    const first = labels.indexOf(3) * 784;
    data.slice(0, 50 * 784).forEach((level, i) => {
      expect(Math.abs(pixels[first + i] / 255 - level)).toBeLessThan(0.00051);
    });
    expect(labels).toHaveLength(10_000);
    expect(pixels).toHaveLength(10_000 * 784);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("the cache", () => {
  const folder = mkdtempSync(join(tmpdir(), "digits-"));
  const file = join(folder, "deep", "digits.bin");
  const store = {
    labels: Uint8Array.of(7, 8),
    pixels: Uint8Array.from({ length: 2 * 784 }, (_, i) => (i * 31) % 256),
  };
  const load = jest.fn(() => store);
  const expectDigits = (found: DigitStore): void => {
    expect([...found.labels]).toEqual([...store.labels]);
    expect([...found.pixels]).toEqual([...store.pixels]);
  };
  let written = Buffer.alloc(0);

  beforeEach(() => {
    rmSync(join(folder, "deep"), { recursive: true, force: true });
    expectDigits(readDigits(file, load));
    written = readFileSync(file);
    load.mockClear();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("is written on the first use, with nothing beside it", () => {
    expect(readdirSync(join(folder, "deep"))).toEqual(["digits.bin"]);
  });

  test("spares the package", () => {
    expectDigits(readDigits(file, load));
    expect(load).not.toHaveBeenCalled();
  });

  const changed = (index: number): Buffer => {
    const bytes = Buffer.from(written);
    bytes[index < 0 ? bytes.length + index : index] ^= 1;
    return bytes;
  };
  test.each<[string, () => Buffer]>([
    ["it is cut short", () => written.subarray(0, 500)],
    ["it is cut within its first line", () => written.subarray(0, 10)],
    ["it is empty", () => Buffer.alloc(0)],
    ["a pixel is changed", () => changed(-1)],
    ["a label is changed", () => changed(written.indexOf("\n") + 1)],
    ["its checksum is changed", () => changed(written.indexOf("\n") - 1)],
    [
      "it is of an older format",
      () => Buffer.from(written.toString("latin1").replace("digits 1", "digits 0"), "latin1"),
    ],
  ])("is made anew if %s", (_, damaged) => {
    writeFileSync(file, damaged());
    expectDigits(readDigits(file, load));
    expect(load).toHaveBeenCalledTimes(1);
    expect(readFileSync(file).equals(written)).toBe(true);
  });

  test("that cannot be written costs only time", () => {
    expectDigits(readDigits(join(file, "below-a-file", "digits.bin"), load));
  });
});
