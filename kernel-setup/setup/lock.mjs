// @ts-check
/** One set-up at a time. The lock of an owner that died is taken over. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL = 300;

/**
 * @typedef {{ pid: number, program?: number }} Owner the set-up's process, and the program it runs at present
 */

/** @param {number} pid a process, or minus a process group */
function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/** @param {string} path @returns {Owner | undefined} */
function readOwner(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Creates the lock with its content in one step; false when somebody else holds it.
 * @param {string} path @param {Owner} owner */
function create(path, owner) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(owner));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Removes a dead owner's lock; two that try at once cannot both remove a fresh one.
 * @param {string} path
 */
function removeStale(path) {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const owner = readOwner(aside);
  if (owner && alive(owner.pid)) {
    try {
      linkSync(aside, path);
    } catch {
      // A third set-up was quicker; its lock stands.
    }
  }
  rmSync(aside, { force: true });
}

/**
 * Waits until no other set-up is at work, then holds the lock.
 * @param {string} path the lock file
 * @param {{ onWait?: (owner: Owner) => void }} [options] onWait: told once whom we wait for
 * @returns {Promise<{ running(program: number): void, release(): void }>}
 */
export async function acquireLock(path, { onWait } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !create(path, { pid: process.pid });) {
    const owner = readOwner(path);
    // A killed set-up may leave its installer running: two at once would spoil each other's files.
    if (owner && (alive(owner.pid) || (owner.program && alive(-owner.program)))) {
      if (!told) onWait?.(owner);
      told = true;
      await sleep(POLL);
    } else removeStale(path);
  }
  return {
    running(program) {
      const draft = `${path}.${process.pid}`;
      writeFileSync(draft, JSON.stringify({ pid: process.pid, program }));
      renameSync(draft, path);
    },
    release() {
      if (readOwner(path)?.pid === process.pid) rmSync(path, { force: true });
    },
  };
}
