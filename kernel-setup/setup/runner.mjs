// @ts-check
/** Runs steps in order, each only when it has to; a step is recorded after it succeeded, never before. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {import("./progress.mjs").Task} Task
 *
 * @typedef {object} Step
 * @property {string} name also the name of its record
 * @property {string} title what the user reads
 * @property {string[]} [needs] names of earlier steps: when their inputs change, this one runs again
 * @property {number} [megabytes] disk space it takes
 * @property {() => string} inputs everything its outcome depends on
 * @property {() => boolean} done whether its outcome is (still) there; a few stat calls
 * @property {() => boolean} [satisfied] whether somebody else has already done it, though it is not recorded
 * @property {(task: Task) => Promise<void>} run
 */

/** @param {string} text */
export const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/** @param {Step[]} steps @returns {Map<string, string>} each step's inputs and those of what it needs, digested */
export function fingerprints(steps) {
  /** @type {Map<string, string>} */
  const prints = new Map();
  for (const { name, inputs, needs = [] } of steps) {
    prints.set(name, sha256(JSON.stringify([inputs(), ...needs.map((need) => prints.get(need))])));
  }
  return prints;
}

/**
 * The steps' records in a folder.
 * @param {string} folder
 */
export function recordsIn(folder) {
  /** @param {string} name */
  const path = (name) => join(folder, `${name}.json`);
  return {
    /** @param {string} name @returns {string | undefined} the fingerprint with which it last succeeded */
    read(name) {
      try {
        return JSON.parse(readFileSync(path(name), "utf8")).fingerprint;
      } catch {
        return undefined;
      }
    },
    /** @param {string} name @param {string} fingerprint @param {number} seconds */
    write(name, fingerprint, seconds) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${path(name)}.new`, JSON.stringify({ fingerprint, seconds }) + "\n");
      renameSync(`${path(name)}.new`, path(name));
    },
    /** @param {string} name */
    remove(name) {
      rmSync(path(name), { force: true });
    },
  };
}

/**
 * The steps that have to run, in order. A step that somebody did by hand is recorded and left alone.
 * @param {Step[]} steps
 * @param {string} folder of the records
 */
export function pendingSteps(steps, folder) {
  const records = recordsIn(folder);
  const prints = fingerprints(steps);
  return steps.filter((step) => {
    const print = prints.get(step.name) ?? "";
    if (records.read(step.name) === print && step.done()) return false;
    if (!step.satisfied?.()) return true;
    records.write(step.name, print, 0);
    return false;
  });
}

/**
 * Runs what is pending. Looks again before each step, because one step may undo a later one's work
 * (a fresh node_modules has lost the addon).
 * @param {Step[]} steps
 * @param {string} folder of the records
 * @param {(step: Step) => Task & { end(ok: boolean): void }} show
 */
export async function runSteps(steps, folder, show) {
  const records = recordsIn(folder);
  for (const step of steps) {
    const upToHere = steps.slice(0, steps.indexOf(step) + 1);
    if (!pendingSteps(upToHere, folder).includes(step)) continue;
    // Half-done work must not look like the finished work of an earlier time.
    records.remove(step.name);
    const task = show(step);
    const start = Date.now();
    let ok = false;
    try {
      await step.run(task);
      records.write(step.name, fingerprints(upToHere).get(step.name) ?? "", (Date.now() - start) / 1000);
      ok = true;
    } finally {
      task.end(ok);
    }
  }
}
