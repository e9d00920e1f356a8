// @ts-check
import { join } from "node:path";

import { jupyterEnvironment, paths, root } from "../setup/environment.mjs";
import { runInForeground } from "../setup/process.mjs";

/** @type {import("./main.mjs").Command["run"]} */
export function run(args) {
  // jest would keep its compiled files in the system's temporary folder.
  const cache = ["--cacheDirectory", join(paths.cache, "jest")];
  const jest = join(root, "node_modules", "jest", "bin", "jest.js");
  return runInForeground(process.execPath, [jest, ...cache, ...args], {
    cwd: root,
    env: jupyterEnvironment(),
  });
}
