import { checkInteger } from "../errors";
import type { Windows } from "./windows";

/** A window to complete. */
export interface WindowToComplete {
  /** Its first column in the grown picture. */
  readonly start: number;
  /** The columns of the window that are known when its turn comes: from one up to another. */
  readonly from: number;
  readonly to: number;
}

/** The windows by which a picture grows, first to the right, then to the left. Each knows `overlap` columns, but for the last one of a
 * side, which ends at the edge, and for the first ones of a picture that has not as many.
 * @param width of the picture that is known
 * @throws RangeError for a window wider than the grown picture */
export function outpaintPlan(
  width: number,
  { left, right, window, overlap }: Required<Windows> & { readonly left: number; readonly right: number },
): WindowToComplete[] {
  const total = left + width + right;
  checkInteger("left + the width of x + right", total, window);
  const plan: WindowToComplete[] = [];
  let [first, end] = [left, left + width]; // of what is known
  const complete = (wanted: number): void => {
    const start = Math.max(0, Math.min(wanted, total - window));
    plan.push({ start, from: Math.max(first - start, 0), to: Math.min(end - start, window) });
    [first, end] = [Math.min(first, start), Math.max(end, start + window)];
  };
  while (end < total) complete(Math.max(end - overlap, first));
  while (first > 0) complete(Math.min(first + overlap, end) - window);
  return plan;
}
