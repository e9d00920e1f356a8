// @ts-check
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";

import { jupyterEnvironment, root } from "../setup/environment.mjs";
import { Problem } from "../setup/problem.mjs";

/**
 * Runs another part of the project: a module that exports `main(args)`, giving the exit code (none means 0).
 * @param {string} path
 * @param {string[]} args
 * @returns {Promise<number>}
 */
export async function runEntry(path, args) {
  if (!existsSync(path)) {
    throw new Problem(`${relative(root, path)} is missing.`, "Restore it with git, then run this again.");
  }
  Object.assign(process.env, jupyterEnvironment());
  const { main, default: fallback } = await import(pathToFileURL(path).href);
  return (await (main ?? fallback)(args)) ?? 0;
}
