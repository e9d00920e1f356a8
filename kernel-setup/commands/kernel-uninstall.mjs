// @ts-check
import { uninstallKernel } from "../setup/user-kernels.mjs";

/** @type {import("./main.mjs").Command["run"]} */
export async function run() {
  const folder = uninstallKernel();
  process.stdout.write(folder ? `Removed ${folder}.\n` : "The kernel is not installed; nothing to remove.\n");
  return 0;
}
