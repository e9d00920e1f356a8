// @ts-check
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { jupyterEnvironment, root } from "../setup/environment.mjs";
import { Problem } from "../setup/problem.mjs";
import { runInForeground } from "../setup/process.mjs";

const folder = join(root, "test", "bench");

/**
 * One after another, because they measure.
 * @type {import("./main.mjs").Command["run"]}
 */
export async function run(args) {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".bench.mjs")) : [];
  const chosen = names.filter((name) => args.length === 0 || args.some((arg) => name.includes(arg))).sort();
  if (chosen.length === 0) {
    throw new Problem(`No benchmark is called ${args.join(" or ")}.`, `There are: ${names.join(", ")}.`);
  }
  let failures = 0;
  for (const name of chosen) {
    process.stdout.write(`\n${name}\n`);
    const code = await runInForeground(process.execPath, [join(folder, name)], {
      cwd: root,
      env: jupyterEnvironment(),
    });
    if (code !== 0) failures++;
  }
  return failures > 0 ? 1 : 0;
}
