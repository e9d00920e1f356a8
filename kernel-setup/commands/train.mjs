// @ts-check
/** Trains a network by one of the recipes of src/recipe. */
import { join } from "node:path";

import { jupyterEnvironment, root } from "../setup/environment.mjs";
import { runInForeground } from "../setup/process.mjs";

/** @type {import("./main.mjs").Command["run"]} */
export async function run(args) {
  const script = join(root, "dist", "lib", "recipe", "command.js");
  return runInForeground(process.execPath, [script, ...args], { cwd: root, env: jupyterEnvironment() });
}
