// @ts-check
import { spawn } from "node:child_process";

import { which } from "./programs.mjs";

/**
 * The program that shows an address to the user; none where there is no screen.
 * @param {NodeJS.ProcessEnv} [environment] COURSE_BROWSER names one, or is "none"
 * @param {string} [platform]
 * @returns {string | undefined}
 */
export function browserCommand(environment = process.env, platform = process.platform) {
  const wish = environment.COURSE_BROWSER;
  if (wish === "none") return undefined;
  if (wish) return wish;
  if (platform === "darwin") return "open";
  if (environment.WSL_DISTRO_NAME)
    return ["wslview", "explorer.exe"].find((name) => which(name, environment));
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return undefined;
  return which("xdg-open", environment);
}

/**
 * Opens an address in the user's own browser, with the user's own environment.
 * @param {string} address
 * @returns {boolean} whether a browser was started
 */
export function openBrowser(address) {
  const command = browserCommand();
  if (!command) return false;
  const child = spawn(command, [address], { stdio: "ignore", detached: true });
  // The address is printed as well, so a browser that fails to start is no failure.
  child.on("error", () => {});
  child.unref();
  return true;
}
