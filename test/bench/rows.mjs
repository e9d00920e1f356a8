// @ts-check
/** Rows of matrices and of data sets: which, in which order, and all but some. */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
/** @type {typeof import("../../src/index")} */
const { randomUniform, tf } = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));

/** @typedef {import("@tensorflow/tfjs-core").Tensor2D} Tensor2D */

/**
 * The rows of the digits in random order, the same each time: in the file one writer's digits follow another's, so that neighbours are
 * more alike than draws are.
 * @param {number} count
 */
export function shuffledRows(count) {
  const places = tf.tidy(() => randomUniform([count], 1).dataSync());
  return [...Array(count).keys()].sort((i, j) => places[i] - places[j]);
}

/** @param {Tensor2D} all @param {readonly number[]} rows @returns {Tensor2D} */
export const rowsOf = (all, rows) => tf.tidy(() => tf.gather(all, tf.tensor1d([...rows], "int32")));

/** @param {Tensor2D} all @param {readonly number[]} rows */
export function withoutRows(all, rows) {
  const left = new Set(rows);
  return rowsOf(
    all,
    [...Array(all.shape[0]).keys()].filter((row) => !left.has(row)),
  );
}

/**
 * The k-th set of rows with as many of each class as others have; sets of different k have no row in common. The last ones lack a few of the
 * classes that run out.
 * @param {readonly number[]} order  rows in the order in which they are taken
 * @param {ArrayLike<number>} labels  of all rows
 * @param {ArrayLike<number>} like  the others' labels
 */
export function rowsOfClasses(order, labels, like, k = 0) {
  const wanted = countsOf(like);
  /** @type {Map<number, number>} */
  const seen = new Map();
  return order.filter((i) => {
    const rank = seen.get(labels[i]) ?? 0;
    seen.set(labels[i], rank + 1);
    const size = wanted.get(labels[i]) ?? 0;
    return rank >= k * size && rank < (k + 1) * size;
  });
}

/** How often each value is there. @param {ArrayLike<number>} values */
function countsOf(values) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const value of Array.from(values)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
