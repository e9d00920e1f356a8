// @ts-check
/** What both sides are told: in a file, so that nobody can compute it in another way. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/**
 * @typedef {object} Job
 * @property {string} weights  path of the network's
 * @property {string} z        path of z_T: float32, [digits, 28, 28]
 * @property {number[]} labels the class of each digit
 * @property {number} steps    T
 * @property {number[]} times  from T to 0
 * @property {number[]} alpha    α_t at these times
 * @property {number[]} variance 1 - α_t, with all its digits
 */

/** Writes a job into a new folder. @param {{ digits: number, calls: number }} size */
export function writeJob({ digits, calls }) {
  /** @type {typeof import("../../../src/index")} */
  const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));
  const { schedule } = course.diffusionRecipes.digits;
  const folder = mkdtempSync(join(tmpdir(), "sampling-"));
  const z = join(folder, "z");
  writeFileSync(z, /** @type {Float32Array} */ (course.randomNormal([digits, 28, 28, 1], 1).dataSync()));
  const times = course.samplingTimes(schedule, calls);
  /** @type {Job} */
  const job = {
    weights: course.shippedWeights("digits"),
    z,
    labels: Array.from({ length: digits }, (_, i) => i % 10),
    steps: schedule.steps,
    times,
    alpha: times.map((t) => schedule.alpha[t]),
    variance: times.map((t) => course.kernelVariance(t, schedule)),
  };
  const path = join(folder, "job.json");
  writeFileSync(path, JSON.stringify(job));
  return { folder, path };
}
