// @ts-check
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { root } from "../environment.mjs";
import { run } from "../process.mjs";
import { which } from "../programs.mjs";

const config = join(root, ".git", "config");
const command = 'node "kernel-setup/git/strip-outputs.mjs"';

/**
 * Notebooks are stored without outputs. This tells the clone's git to leave them out when it compares and commits,
 * so that a student's saved results neither show up as changes nor are lost.
 * @type {import("../runner.mjs").Step}
 */
export const gitFilter = {
  name: "git-filter",
  title: "git keeps notebooks without outputs",
  inputs: () => command,
  done: () => !isClone() || readFileSync(config, "utf8").includes("kernel-setup/git/strip-outputs.mjs"),
  async run(task) {
    if (!isClone() || !which("git")) return;
    await run("git", ["config", "--local", "filter.notebook.clean", command], {
      cwd: root,
      onStart: task.started,
    });
  },
};

/** A worktree's .git is a file, and its configuration is the main clone's. */
function isClone() {
  return existsSync(config) && statSync(join(root, ".git")).isDirectory();
}
