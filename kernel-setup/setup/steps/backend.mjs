// @ts-check
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { nameOf } from "../backend-choice.mjs";
import { paths } from "../environment.mjs";

/**
 * Tells the library which TensorFlow runs the tensors, and why.
 * @param {import("../backend-choice.mjs").Choice} choice
 * @returns {import("../runner.mjs").Step}
 */
export function backend(choice) {
  const content = JSON.stringify(choice, null, 2) + "\n";
  return {
    name: "backend",
    title: `backend: ${nameOf(choice)}, because ${choice.reason}`,
    needs: choice.backend === "native" ? ["place-addon"] : ["node-modules"],
    inputs: () => content,
    done() {
      try {
        return readFileSync(paths.backend, "utf8") === content;
      } catch {
        return false;
      }
    },
    async run() {
      mkdirSync(dirname(paths.backend), { recursive: true });
      writeFileSync(`${paths.backend}.new`, content);
      renameSync(`${paths.backend}.new`, paths.backend);
    },
  };
}
