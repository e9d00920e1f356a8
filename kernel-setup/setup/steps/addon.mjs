// @ts-check
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import {
  bindingVersion,
  builtAddons,
  compilerCalls,
  libraryFolder,
  placedAddon,
  placedAddons,
} from "../addon.mjs";
import { installEnvironment, paths } from "../environment.mjs";
import { Problem } from "../problem.mjs";
import { CommandError, run } from "../process.mjs";
import { findCompiler } from "../programs.mjs";
import { version } from "../tensorflow-wheels.mjs";

const goWithout = "To go on without it, several times slower, set COURSE_TENSORFLOW=wasm.";

/**
 * Builds the addon that binds TensorFlow's C API to Node, and tries it.
 * @param {"cpu" | "gpu"} variant
 * @returns {import("../runner.mjs").Step}
 */
export function addon(variant) {
  const name = `addon-${variant}`;
  const built = builtAddons(variant);
  const log = join(paths.setupState, "logs", `${name}.log`);
  return {
    name,
    title: "TensorFlow addon for Node",
    needs: [`tensorflow-${variant}`],
    megabytes: 1,
    inputs: () =>
      [bindingVersion(), version, JSON.stringify(compilerCalls(variant, "")).replaceAll(paths.root, "")].join(
        "\n",
      ),
    done: () => Object.keys(compilerCalls(variant, "")).every((file) => existsSync(join(built, file))),
    async run(task) {
      const [compiler, ...first] = findCompiler() ?? ["c++"];
      const draft = join(libraryFolder(variant), "addons.new");
      rmSync(draft, { recursive: true, force: true });
      mkdirSync(draft);
      const how = { env: installEnvironment(), log, onStart: task.started };
      try {
        for (const call of Object.values(compilerCalls(variant, draft)))
          await run(compiler, [...first, ...call], how);
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        throw new Problem(
          `${compiler} could not build the TensorFlow addon; see ${log}.`,
          `Try another compiler by CXX=…. ${goWithout}`,
        );
      }
      rmSync(built, { recursive: true, force: true });
      renameSync(draft, built);
    },
  };
}

/**
 * Puts the built addon where its npm package looks for it (again, after `npm ci`), and tries to load it.
 * @param {"cpu" | "gpu"} variant
 * @returns {import("../runner.mjs").Step}
 */
export function placeAddon(variant) {
  const log = join(paths.setupState, "logs", "place-addon.log");
  return {
    name: "place-addon",
    title: "TensorFlow addon in its package",
    needs: [`addon-${variant}`],
    inputs: () => variant,
    done: () => existsSync(placedAddon),
    async run(task) {
      mkdirSync(placedAddons, { recursive: true });
      for (const file of readdirSync(builtAddons(variant))) {
        // Replaced as a whole: a running kernel keeps the file that it has loaded.
        const place = join(placedAddons, file);
        copyFileSync(join(builtAddons(variant), file), `${place}.new`);
        renameSync(`${place}.new`, place);
      }
      try {
        await run(process.execPath, ["-e", "require(process.argv[1])", placedAddon], {
          log,
          onStart: task.started,
        });
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        const why = readFileSync(log, "utf8").match(/^Error: .*/m)?.[0] ?? "";
        throw new Problem(
          `The TensorFlow addon was built but does not load. ${why}`,
          `See ${log}. ${goWithout}`,
        );
      }
    },
  };
}
