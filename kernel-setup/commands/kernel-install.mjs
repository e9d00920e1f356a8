// @ts-check
import { installKernel } from "../setup/user-kernels.mjs";

/** @type {import("./main.mjs").Command["run"]} */
export async function run() {
  process.stdout.write(
    `Installed the kernel in ${installKernel()}.\n` +
      "It runs this project's files, so run this again after moving the project; `npm run kernel:uninstall` removes it.\n",
  );
  return 0;
}
