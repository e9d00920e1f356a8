// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { installEnvironment, paths, root } from "../environment.mjs";
import { run } from "../process.mjs";

const lockPath = join(root, "package-lock.json");
const installedPath = join(root, "node_modules", ".package-lock.json");

/** @param {string} path */
const read = (path) => readFileSync(path, "utf8");

/** @typedef {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} Packages */

/** npm notes what it installed; that it is what the lock asks for. */
function installedAsLocked() {
  if (!existsSync(installedPath)) return false;
  /** @type {Packages} */
  const wanted = JSON.parse(read(lockPath)).packages;
  /** @type {Packages} */
  const installed = JSON.parse(read(installedPath)).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional || installed[path]?.version === entry.version,
  );
}

/** @type {import("../runner.mjs").Step} */
export const nodeModules = {
  name: "node-modules",
  title: "npm packages",
  megabytes: 1100,
  inputs: () => [process.platform, process.arch, read(lockPath), read(join(root, ".npmrc"))].join("\n"),
  done: () => existsSync(installedPath),
  satisfied: installedAsLocked,
  async run(task) {
    const total = Object.values(/** @type {Packages} */ (JSON.parse(read(lockPath)).packages)).filter(
      (entry) => !entry.optional,
    ).length;
    let fetched = 0;
    // npm's own waits between tries would keep a user without a network waiting for two minutes.
    const retries = ["--fetch-retries=3", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=5000"];
    await run("npm", ["ci", "--loglevel=http", "--prefer-offline", ...retries], {
      cwd: root,
      env: installEnvironment(),
      log: join(paths.setupState, "logs", "node-modules.log"),
      onStart: task.started,
      onLine(line) {
        if (/http (fetch|cache).*\.tgz/.test(line))
          task.note(`${++fetched} of about ${total} packages fetched`);
      },
    });
  },
};
