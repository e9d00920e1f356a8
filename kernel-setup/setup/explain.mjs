// @ts-check
/** Turns a failed program's output into a problem with a cure. */
import { Problem } from "./problem.mjs";

const NO_NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ENOTCACHED|NewConnectionError|ConnectTimeout|name resolution|NameResolutionError|Network is unreachable|network request failed/i;
const NO_SPACE = /ENOSPC|No space left on device/;
const BAD_HASH = /DO NOT MATCH THE HASHES|EINTEGRITY/;

/**
 * @param {string} title of the step
 * @param {import("./process.mjs").CommandError} error
 * @returns {Problem}
 */
export function explain(title, { message, output }) {
  if (NO_SPACE.test(output)) {
    return new Problem(
      `${title}: the disk is full.`,
      "Free some space, then run this again. What is done is kept.",
    );
  }
  if (NO_NETWORK.test(output)) {
    return new Problem(
      `${title}: the package registry could not be reached.`,
      "The first set-up needs the network (later ones do not). Connect, or give npm and pip your proxy or mirror by their own settings (.npmrc, pip.conf), then run this again. What is done is kept.",
    );
  }
  if (BAD_HASH.test(output)) {
    return new Problem(
      `${title}: a downloaded package is not the one that is pinned.`,
      "Run this again. If it stays so, the mirror that npm or pip uses serves a different file.",
    );
  }
  return new Problem(
    `${title}: ${message}.\n${output.split("\n").slice(-12).join("\n")}`,
    "The whole output is in .cache/setup/logs. Run this again; what is done is kept.",
  );
}
