import { blocks } from "./blocks";
import { slice, type Points } from "./points";
import { squaredDistances } from "./squared-distances";

/** What is averaged: a function of two points' squared distance. */
export type OfSquaredDistance = (squared: number) => number;

/** The mean over all pairs (x, y) of a point x of `a` and a point y of `b`.
 * @throws InterruptedError after an interrupt of the cell */
export async function meanOverPairs(a: Points, b: Points, of: OfSquaredDistance): Promise<number> {
  let total = 0;
  for await (const { from, to } of blocks(a.count, b.count)) {
    const squared = await squaredDistances(slice(a, from, to), b);
    for (let at = 0; at < squared.length; at++) total += of(squared[at]);
  }
  return total / (a.count * b.count);
}

/** The mean over all pairs of two different points of one sample: no point is paired with itself, as none is with a
 * copy of itself among independent draws.
 * @throws InterruptedError after an interrupt of the cell */
export async function meanOverOwnPairs(points: Points, of: OfSquaredDistance): Promise<number> {
  const { count } = points;
  let total = 0;
  for await (const { from, to } of blocks(count, count)) {
    const others = slice(points, from, count);
    const squared = await squaredDistances(slice(points, from, to), others);
    for (let i = 0; i < to - from; i++) {
      for (let j = i + 1; j < others.count; j++) total += of(squared[i * others.count + j]);
    }
  }
  return total / ((count * (count - 1)) / 2);
}
