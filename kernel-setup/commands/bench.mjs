// @ts-check
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { jupyterEnvironment, root } from "../setup/environment.mjs";
import { Problem } from "../setup/problem.mjs";
import { runInForeground } from "../setup/process.mjs";

const folder = join(root, "test", "bench");

/**
 * One after another, because they measure. What begins with a dash is theirs.
 * @type {import("./main.mjs").Command["run"]}
 */
export async function run(args) {
  const options = args.filter((arg) => arg.startsWith("-"));
  const wanted = args.filter((arg) => !arg.startsWith("-"));
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".bench.mjs")) : [];
  const chosen = names
    .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
    .sort();
  if (chosen.length === 0) {
    throw new Problem(`No benchmark is called ${wanted.join(" or ")}.`, `There are: ${names.join(", ")}.`);
  }
  let failures = 0;
  for (const name of chosen) {
    process.stdout.write(`\n${name}\n`);
    const code = await runInForeground(process.execPath, [join(folder, name), ...options], {
      cwd: root,
      env: jupyterEnvironment(),
    });
    if (code !== 0) failures++;
  }
  return failures > 0 ? 1 : 0;
}
