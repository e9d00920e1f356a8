// @ts-check
import { join } from "node:path";

import { root } from "../setup/environment.mjs";
import { runEntry } from "./entry.mjs";

/** @type {import("./main.mjs").Command["run"]} */
export const run = (args) => runEntry(join(root, "slides", "build.mjs"), args);
