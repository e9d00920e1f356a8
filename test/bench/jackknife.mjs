// @ts-check
import { withoutRows } from "./rows.mjs";
import { mean } from "./statistics.mjs";

/** @typedef {import("@tensorflow/tfjs-core").Tensor2D} Tensor2D */

/**
 * A number that is measured on rows, and its standard error by the jackknife: as it scatters when each of some parts is left out (Efron & Tibshirani
 * 1993, "An introduction to the bootstrap", chapter 11).
 * @param {Tensor2D} rows
 * @param {{ parts: number, of: (rows: Tensor2D) => Promise<number>, partOf?: (row: number) => number }} options  to which part a row belongs;
 * every so many rows to the same one, if omitted. Each part needs what the whole has: one of a single class would count as an error what
 * is but another mixture of classes.
 */
export async function jackknife(rows, { parts, of, partOf = (row) => row % parts }) {
  const value = await of(rows);
  const [count] = rows.shape;
  const without = [];
  for (let part = 0; part < parts; part++) {
    const left = Array.from({ length: count }, (_, i) => i).filter((i) => partOf(i) === part);
    const some = withoutRows(rows, left);
    without.push(await of(some));
    some.dispose();
  }
  const middle = mean(without);
  const squares = without.reduce((sum, each) => sum + (each - middle) ** 2, 0);
  return { value, error: Math.sqrt(((parts - 1) / parts) * squares) };
}
