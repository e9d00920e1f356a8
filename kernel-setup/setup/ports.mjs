// @ts-check
import { createServer } from "node:net";

import { Problem } from "./problem.mjs";

/**
 * Whether nobody listens on a port of the loopback address.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

/**
 * The first free port of a range on the loopback address.
 * @param {number} first
 * @param {number} [count]
 * @returns {Promise<number>}
 * @throws {Problem} when all are busy
 */
export async function freePort(first, count = 50) {
  for (let port = first; port < first + count; port++) if (await isFree(port)) return port;
  throw new Problem(
    `The ports ${first} to ${first + count - 1} are all busy.`,
    "End a JupyterLab that is still running, or choose another range by the variable COURSE_PORT.",
  );
}
