// @ts-check
/** The test that executes all notebooks says that it is at it, so that the one that makes slides of them can wait: both at once would
 * execute everything twice, and in each other's way. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { paths } from "../../kernel-setup/setup/environment.mjs";

const file = join(paths.cache, "notebooks-running");

export function startRunning() {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, String(process.pid));
}

export function stopRunning() {
  rmSync(file, { force: true });
}

/** Waits until no process executes all notebooks. */
export async function whenNotRunning() {
  while (existsSync(file) && isAlive(Number(readFileSync(file, "utf8")))) await sleep(500);
}

/** @param {number} id */
function isAlive(id) {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}
