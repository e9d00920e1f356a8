import { compile, randomBatch, setSeed, tf, withSeed, type Augmentation } from "diffusion";
import { numbersBelow } from "../picture-files";

const [count, height, width, channels] = [20, 5, 7, 2];

const goldenIndices = [0, 14, 3, 3, 12, 18, 11, 11];

/** Images of which no two pixels are alike. */
const next = numbersBelow(2 ** 24);
const values = Float32Array.from({ length: count * height * width * channels }, next);
const images = tf.tensor4d(values, [count, height, width, channels]);

const pixel = (image: number, y: number, x: number, c: number): number =>
  values[((image * height + y) * width + x) * channels + c];

const clamp = (i: number, size: number): number => (i < 0 ? 0 : i < size ? i : size - 1);

/** Of an image: mirrored if wanted, then moved. */
function varied(image: number, flip: boolean, down: number, right: number): number[] {
  const result: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = clamp(x - right, width);
      for (let c = 0; c < channels; c++) {
        result.push(pixel(image, clamp(y - down, height), flip ? width - 1 - from : from, c));
      }
    }
  }
  return result;
}

const range = (n: number): number[] => Array.from({ length: 2 * n + 1 }, (_, i) => i - n);

/** The sum of (observed - expected)² / expected over kinds of equal probability. */
function chiSquare(observed: readonly number[]): number {
  const expected = observed.reduce((sum, n) => sum + n) / observed.length;
  return observed.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
}

/** Above it lies a chi-square of n kinds with a probability of about 10⁻⁵. */
const mostChiSquare = (kinds: number): number => kinds - 1 + 4.3 * Math.sqrt(2 * (kinds - 1)) + 9;

function counts(indices: ArrayLike<number>, kinds: number): number[] {
  const result = Array<number>(kinds).fill(0);
  for (let i = 0; i < indices.length; i++) result[indices[i]]++;
  return result;
}

const draw = (
  size: number,
  augment: Augmentation = {},
  seed: number = 1,
): { x: number[][]; index: number[] } =>
  tf.tidy(() => {
    const { x, index } = withSeed(seed, () => randomBatch(images, { size, augment }));
    expect([x.shape, x.dtype, index.shape, index.dtype]).toEqual([
      [size, height, width, channels],
      "float32",
      [size],
      "int32",
    ]);
    return {
      x: x.reshape([size, height * width * channels]).arraySync() as number[][],
      index: index.arraySync(),
    };
  });

export function describeRandomBatch(): void {
  describe("a batch", () => {
    test("consists of images of the data", () => {
      const { x, index } = draw(64);
      x.forEach((image, i) => {
        expect(image).toEqual(varied(index[i], false, 0, 0));
      });
      expect(new Set(index).size).toBeGreaterThan(15);
    });

    test("has each image with the same probability", () => {
      const { index } = draw(20_000);
      expect(chiSquare(counts(index, count))).toBeLessThan(mostChiSquare(count));
      expect(Math.max(...index)).toBe(count - 1);
    });

    test("has independent images: pairs are uniform, too", () => {
      const { index } = draw(40_000);
      const pairs = Array.from({ length: 20_000 }, (_, i) => count * index[2 * i] + index[2 * i + 1]);
      expect(chiSquare(counts(pairs, count ** 2))).toBeLessThan(mostChiSquare(count ** 2));
    });

    // Products of a float32 on [0, 1) with this number are multiples of 3 less often than other numbers.
    test("favours no image of a large set, and never goes beyond its end", () => {
      const many = 3 * 2 ** 20;
      const index = tf.tidy(() => {
        const data = tf.zeros<tf.Rank.R4>([many, 1, 1, 1]);
        return withSeed(2, () => randomBatch(data, { size: 300_000 }).index).dataSync<"int32">();
      });
      const sorted = index.slice().sort();
      expect([sorted[0] >= 0, sorted[0] < 100]).toEqual([true, true]);
      expect([sorted[299_999] < many, sorted[299_999] > many - 100]).toEqual([true, true]);
      const thirds = index.map((i) => i % 3);
      expect(chiSquare(counts(thirds, 3))).toBeLessThan(mostChiSquare(3));
      const parts = index.map((i) => (i / many) * 32);
      expect(chiSquare(counts(parts, 32))).toBeLessThan(mostChiSquare(32));
    });

    test("of one image is that image", () => {
      const one = images.slice([7, 0, 0, 0], [1, height, width, channels]);
      const { x, index } = randomBatch(one, { size: 3 });
      expect([...index.dataSync()]).toEqual([0, 0, 0]);
      expect(x.dataSync()).toEqual(tf.concat([one, one, one]).dataSync());
    });

    test("keeps labels with their images", () => {
      const labels = Int32Array.from({ length: count }, (_, i) => (7 * i) % 5);
      for (const given of [labels, tf.tensor1d(labels, "int32")]) {
        const batch = randomBatch(images, { size: 100, labels: given, augment: { flip: true, shift: 1 } });
        expect([batch.labels.shape, batch.labels.dtype]).toEqual([[100], "int32"]);
        expect([...batch.labels.dataSync()]).toEqual(Array.from(batch.index.dataSync(), (i) => (7 * i) % 5));
      }
      expect(randomBatch(images, { size: 2 })).not.toHaveProperty("labels");
    });

    test("is the same for the same seed, on every backend", () => {
      expect(draw(8, {}, 5).index).toEqual(goldenIndices);
      expect(draw(8, {}, 5)).toEqual(draw(8, {}, 5));
      expect(draw(8, {}, 6).index).not.toEqual(goldenIndices);
      setSeed(5);
      const [first, second] = [0, 1].map(() => [...randomBatch(images, { size: 8 }).index.dataSync()]);
      expect(first).toEqual(goldenIndices);
      expect(second).not.toEqual(first);
    });
  });

  describe("augmentation", () => {
    test.each<[Augmentation, boolean[], number]>([
      [{ flip: true }, [false, true], 0],
      [{ shift: 1 }, [false], 1],
      [{ shift: 3 }, [false], 3],
      [{ flip: true, shift: 2 }, [false, true], 2],
    ])("%p does what it says, each choice as often as another", (augment, flips, shift) => {
      const choices = flips.flatMap((flip) =>
        range(shift).flatMap((down) => range(shift).map((right) => ({ flip, down, right }))),
      );
      const { x, index } = draw(60 * choices.length, augment);
      const chosen = x.map((image, i) =>
        choices.findIndex(({ flip, down, right }) => {
          const expected = varied(index[i], flip, down, right);
          return image.every((value, j) => value === expected[j]);
        }),
      );
      expect(chosen).not.toContain(-1);
      expect(chiSquare(counts(chosen, choices.length))).toBeLessThan(mostChiSquare(choices.length));
    });

    test("does not change which images are drawn, and chooses apart from them", () => {
      const { x, index } = draw(4000, { flip: true });
      expect(index).toEqual(draw(4000).index);
      const mirrored = x.map((image, i) => (image[0] === pixel(index[i], 0, 0, 0) ? 0 : 1));
      const together = index.map((image, i) => 2 * image + mirrored[i]);
      expect(chiSquare(counts(together, 2 * count))).toBeLessThan(mostChiSquare(2 * count));
    });

    test("that does nothing is none", () => {
      expect(draw(9, { flip: false, shift: 0 })).toEqual(draw(9));
    });
  });

  describe("in a compiled step", () => {
    const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
    const options = { size: 16, labels, augment: { flip: true, shift: 2 } };
    const step = (seed: tf.Tensor): ReturnType<typeof randomBatch> =>
      withSeed(seed, () => randomBatch(images, options));

    test("a batch has the same numbers", () => {
      const compiled = compile(step);
      for (const words of [
        [1, 2],
        [-7, 99],
      ]) {
        const seed = tf.tensor1d(words, "int32");
        const [expected, found] = [step(seed), compiled(seed)] as unknown as Record<string, tf.Tensor>[];
        expect(Object.keys(found).sort()).toEqual(["index", "labels", "x"]);
        for (const key of ["x", "index", "labels"]) {
          expect(found[key].shape).toEqual(expected[key].shape);
          expect(found[key].dtype).toEqual(expected[key].dtype);
          expect(found[key].dataSync()).toEqual(expected[key].dataSync());
        }
      }
      expect(compiled.traces).toBeLessThanOrEqual(1);
    });

    test("each call draws anew", () => {
      const compiled = compile(() => randomBatch(images, { size: 32 }).index);
      setSeed(1);
      const calls = [0, 1, 2].map(() => String(compiled().dataSync()));
      expect(new Set(calls).size).toBe(3);
      setSeed(1);
      expect(String(compiled().dataSync())).toBe(calls[0]);
    });

    test("the data may be an argument of the step", () => {
      const compiled = compile((data: tf.Tensor) => randomBatch(data as tf.Tensor4D, { size: 4 }));
      const { x, index } = compiled(images);
      expect(x.dataSync()).toEqual(tf.gather(images, index).dataSync());
    });
  });

  test("only the batch stays in memory", () => {
    const labels = new Int32Array(count);
    const before = tf.memory().numTensors;
    const batch = randomBatch(images, { size: 4, labels, augment: { flip: true, shift: 1 } });
    expect(tf.memory().numTensors).toBe(before + 3);
    tf.dispose([batch.x, batch.index, batch.labels]);
    const own = tf.tensor1d(labels, "int32");
    randomBatch(images, { size: 4, labels: own });
    expect(own.isDisposed).toBe(false);
  });

  test.each<[string, () => unknown, string]>([
    [
      "a batch of none",
      () => randomBatch(images, { size: 0 }),
      "size is 0; use a whole number of 1 or more.",
    ],
    [
      "another rank",
      () => randomBatch(tf.zeros<tf.Rank>([3, 4]) as tf.Tensor4D, { size: 1 }),
      "images has the shape [3, 4]; use [any, any, any, any].",
    ],
    [
      "another type",
      () => randomBatch(tf.zeros([1, 2, 2, 1], "int32"), { size: 1 }),
      "images is a tensor of int32; use float32",
    ],
    [
      "data without images",
      () => randomBatch(tf.zeros([0, 2, 2, 1]), { size: 1 }),
      "images has the shape [0, 2, 2, 1]; there is no image",
    ],
    [
      "labels of other data",
      () => randomBatch(images, { size: 1, labels: new Int32Array(0) }),
      "labels has the shape [0]; use [20].",
    ],
    [
      "labels of another type",
      () => randomBatch(images, { size: 1, labels: tf.zeros<tf.Rank.R1>([20]) }),
      "labels is a tensor of float32; use int32",
    ],
    [
      "a negative shift",
      () => randomBatch(images, { size: 1, augment: { shift: -1 } }),
      "shift is -1; use a whole number from 0 to 4.",
    ],
    [
      "a shift beyond the picture",
      () => randomBatch(images, { size: 1, augment: { shift: 5 } }),
      "shift is 5; use a whole number from 0 to 4.",
    ],
    ["half a pixel", () => randomBatch(images, { size: 1, augment: { shift: 0.5 } }), "shift is 0.5"],
  ])("%s is refused", (_, call, message) => {
    expect(call).toThrow(message);
  });
}
