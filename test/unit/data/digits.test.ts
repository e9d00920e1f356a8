import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { digitPixels, loadDigits, tf } from "diffusion";
import { readDigits } from "../../../src/data/digit-store";

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

describe("the cache", () => {
  const folder = mkdtempSync(join(process.env.TMPDIR ?? "/tmp", "digits-"));
  const file = join(folder, "deep", "digits.bin");
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const original = readDigits(file);
  const written = readFileSync(file);

  test("is written on the first use, whole, with nothing beside it", () => {
    expect(readdirSync(join(folder, "deep"))).toEqual(["digits.bin"]);
    expect(written.length).toBeGreaterThan(10_000 * 785);
    expect(original.labels).toHaveLength(10_000);
    expect(original.pixels).toHaveLength(10_000 * 784);
  });

  test("gives the same digits as the package, and is not written again", () => {
    const before = statSync(file).mtimeMs;
    const again = readDigits(file);
    expect(Buffer.compare(again.pixels, original.pixels)).toBe(0);
    expect(Buffer.compare(again.labels, original.labels)).toBe(0);
    expect(statSync(file).mtimeMs).toBe(before);
  });

  test("is read in well under 0.1 s of the processor's time", () => {
    const start = process.cpuUsage();
    readDigits(file);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(100);
  });

  test.each([
    [
      "cut short",
      () => {
        truncateSync(file, 5000);
      },
    ],
    [
      "empty",
      () => {
        writeFileSync(file, "");
      },
    ],
    [
      "with one changed byte",
      () => {
        writeFileSync(
          file,
          written.map((byte, i) => (i === 9999 ? byte ^ 1 : byte)),
        );
      },
    ],
    [
      "of an older format",
      () => {
        writeFileSync(file, written.toString("latin1").replace("digits 1", "digits 0"), "latin1");
      },
    ],
  ])("is made anew if it is %s", (_, damage) => {
    damage();
    expect(Buffer.compare(readDigits(file).pixels, original.pixels)).toBe(0);
    expect(Buffer.compare(readFileSync(file), written)).toBe(0);
  });

  test("that cannot be written costs only time", () => {
    const blocked = join(file, "below-a-file", "digits.bin");
    expect(readDigits(blocked).labels).toHaveLength(10_000);
  });
});
