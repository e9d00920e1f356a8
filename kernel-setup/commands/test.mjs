// @ts-check
import { join } from "node:path";

import { jupyterEnvironment, root } from "../setup/environment.mjs";
import { runInForeground } from "../setup/process.mjs";

/** @type {import("./main.mjs").Command["run"]} */
export function run(args) {
  const jest = join(root, "node_modules", "jest", "bin", "jest.js");
  return runInForeground(process.execPath, [jest, ...args], { cwd: root, env: jupyterEnvironment() });
}
