// @ts-check
/** The fast checks, all at once; what fails is shown. */
import { join } from "node:path";

import { jupyterEnvironment, root } from "../setup/environment.mjs";
import { duration } from "../setup/progress.mjs";
import { CommandError, run as runCommand } from "../setup/process.mjs";

/** @param {string[]} path in node_modules */
const tool = (...path) => join(root, "node_modules", ...path);

/** @returns {string[][]} name, script, arguments */
const checks = () => [
  ["types", tool("typescript", "bin", "tsc"), "-p", "."],
  ["lint", tool("eslint", "bin", "eslint.js"), "--cache", "--cache-location", ".cache/eslint/", "."],
  ["format", tool("prettier", "bin", "prettier.cjs"), "--check", "--log-level", "warn", "."],
  ["notebooks", join(root, "test", "notebooks", "check.mjs")],
];

/** @param {string[]} check @returns {Promise<boolean>} whether all is well */
async function passes([name, script, ...args]) {
  const start = Date.now();
  /** @type {string[]} */
  const lines = [];
  const took = () => duration((Date.now() - start) / 1000);
  try {
    await runCommand(process.execPath, [script, ...args], {
      cwd: root,
      env: jupyterEnvironment(),
      onLine: (line) => lines.push(line),
    });
    process.stdout.write(`${name}: fine (${took()})\n`);
    return true;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stdout.write(`${name}: FAILED (${took()})\n${lines.map((line) => `    ${line}\n`).join("")}`);
    return false;
  }
}

/** @type {import("./main.mjs").Command["run"]} */
export async function run() {
  const results = await Promise.all(checks().map(passes));
  return results.every(Boolean) ? 0 : 1;
}
