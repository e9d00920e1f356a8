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
