// @ts-check
/** What must be right before anything is downloaded. */
import { mkdirSync, statfsSync } from "node:fs";

import { paths, root } from "./environment.mjs";
import { Problem } from "./problem.mjs";
import { findPython } from "./programs.mjs";

const gigabytes = (/** @type {number} */ megabytes) => `${(megabytes / 1000).toFixed(1)} GB`;

/** @returns {number} megabytes free for the project */
export function freeMegabytes() {
  const { bavail, bsize } = statfsSync(root);
  return (bavail * bsize) / 1e6;
}

/**
 * @param {number} needed megabytes
 * @param {number} [free] megabytes
 * @throws {Problem}
 */
export function checkDisk(needed, free = freeMegabytes()) {
  if (free >= needed) return;
  throw new Problem(
    `Set-up needs ${gigabytes(needed)} of disk space, and ${gigabytes(free)} are free where the project lies (${root}).`,
    `Free ${gigabytes(needed - free)} or move the project to a larger disk, then run this again. What is done is kept.`,
  );
}

/**
 * @param {string} [folder] one of those that set-up fills
 * @throws {Problem}
 */
export function checkWritable(folder = paths.tmp) {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Problem(
      `The project's folder cannot be written (${/** @type {Error} */ (error).message}).`,
      "Clone or copy the project to a folder of your own, and run this there.",
    );
  }
}

/**
 * @param {import("./runner.mjs").Step[]} pending
 * @throws {Problem}
 */
export function preflight(pending) {
  checkWritable();
  if (pending.some(({ name }) => name === "python")) findPython();
  checkDisk(pending.reduce((sum, { megabytes = 0 }) => sum + megabytes, 0));
}
