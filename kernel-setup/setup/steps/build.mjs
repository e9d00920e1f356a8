// @ts-check
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { paths, root } from "../environment.mjs";
import { Problem } from "../problem.mjs";
import { CommandError, run } from "../process.mjs";
import { sha256 } from "../runner.mjs";

/** @param {string} folder @returns {string[]} all files below it */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

/**
 * By content, not by time: a checkout that changes nothing builds nothing.
 * @param {string[]} files
 */
const contents = (files) =>
  sha256(JSON.stringify(files.map((path) => [path.slice(root.length), readFileSync(path, "utf8")])));

const kernelSource = join(paths.kernelSetup, "kernel");

/** @type {import("../runner.mjs").Step} */
export const library = {
  name: "library",
  title: "library (src → dist/lib)",
  needs: ["node-modules"],
  megabytes: 5,
  inputs: () => contents([join(root, "tsconfig.json"), ...filesBelow(join(root, "src"))]),
  done: () => existsSync(join(paths.distLib, "index.js")),
  async run(task) {
    const log = join(paths.setupState, "logs", "library.log");
    // An incremental build trusts its notes, not the folder.
    if (!library.done()) rmSync(join(paths.distLib, ".tsbuildinfo"), { force: true });
    try {
      await run(process.execPath, [join(kernelSource, "build.mjs"), "library"], {
        cwd: root,
        log,
        onStart: task.started,
      });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      throw new Problem(
        `The library in src does not compile:\n${error.output}`,
        "Mend these lines, then run this again.",
      );
    }
  },
};

/** @type {import("../runner.mjs").Step} */
export const kernel = {
  name: "kernel",
  title: "kernel (kernel-setup/kernel → dist/kernel)",
  needs: ["node-modules"],
  megabytes: 5,
  // Its compiled code is kept for this Node and the kernelspec's flags.
  inputs: () =>
    process.version + contents([join(paths.kernelspec, "kernel.json"), ...filesBelow(kernelSource)]),
  done: () => existsSync(join(paths.distKernel, "main.cjs")),
  async run(task) {
    const log = join(paths.setupState, "logs", "kernel.log");
    const how = { cwd: root, log, onStart: task.started };
    await run(process.execPath, [join(kernelSource, "build.mjs"), "kernel"], how);
  },
};
