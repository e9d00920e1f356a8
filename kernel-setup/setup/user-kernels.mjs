// @ts-check
/** The kernel among the user's own Jupyter kernels: the one thing that lies outside the project, and only on demand. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { paths } from "./environment.mjs";
import { Problem } from "./problem.mjs";

const NAME = "typescript";
const LAUNCHER = join("kernel-setup", "kernel", "launch.cjs");

/**
 * Jupyter's data folder of the user, by Jupyter's own rules.
 * @param {NodeJS.ProcessEnv} [environment]
 * @param {string} [platform]
 */
export function userDataFolder(environment = process.env, platform = process.platform) {
  if (environment.JUPYTER_DATA_DIR) return environment.JUPYTER_DATA_DIR;
  const home = environment.HOME || homedir();
  if (platform === "darwin") return join(home, "Library", "Jupyter");
  return join(environment.XDG_DATA_HOME || join(home, ".local", "share"), "jupyter");
}

/** @param {string} folder of one kernel */
function isOurs(folder) {
  try {
    /** @type {{ argv: string[] }} */
    const { argv } = JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8"));
    return argv.some((argument) => argument.endsWith(LAUNCHER));
  } catch {
    return false;
  }
}

/**
 * Writes a kernelspec that works from any folder.
 * @param {string} [data] Jupyter's data folder
 * @returns {string} where it was written
 * @throws {Problem} when another kernel has that name, or the folder cannot be written
 */
export function installKernel(data = userDataFolder()) {
  const folder = join(data, "kernels", NAME);
  if (existsSync(folder) && !isOurs(folder)) {
    throw new Problem(
      `Another kernel is called "${NAME}": ${folder}.`,
      "Rename or remove that folder first.",
    );
  }
  const spec = JSON.parse(readFileSync(join(paths.kernelspec, "kernel.json"), "utf8"));
  const [, ...args] = spec.argv;
  spec.argv = [
    process.execPath,
    ...args.map((/** @type {string} */ arg) =>
      arg.endsWith("launch.cjs") ? join(paths.root, LAUNCHER) : arg,
    ),
  ];
  spec.display_name = `${spec.display_name} (diffusion)`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "kernel.json"), JSON.stringify(spec, null, 2) + "\n");
  } catch (error) {
    throw new Problem(
      `${folder} cannot be written (${/** @type {Error} */ (error).message}).`,
      "Name another folder by JUPYTER_DATA_DIR.",
    );
  }
  return folder;
}

/**
 * @param {string} [data] Jupyter's data folder
 * @returns {string | undefined} what was removed
 */
export function uninstallKernel(data = userDataFolder()) {
  const folder = join(data, "kernels", NAME);
  if (!isOurs(folder)) return undefined;
  rmSync(folder, { recursive: true });
  return folder;
}
