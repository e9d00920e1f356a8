// @ts-check
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import {
  bindingVersion,
  builtAddons,
  compilerCalls,
  libraryFolder,
  optionalAddons,
  ownSources,
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
 * Says why an addon is missing that set-up goes on without. Deleting the built ones makes set-up try again.
 * @param {string} file
 * @param {string} what happened to it
 * @param {string} variant
 * @param {string} log
 */
function tellMissing(file, what, variant, log) {
  process.stderr.write(
    `\n  ${file} ${what}; training runs slower without it. See ${log}.\n` +
      `  To try again, delete ${builtAddons(variant)} and run set-up.\n`,
  );
}

/**
 * Builds the addon that binds TensorFlow's C API to Node, and those that go with it.
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
      [
        ...[bindingVersion(), version],
        JSON.stringify(compilerCalls(variant, "")).replaceAll(paths.root, ""),
        ...Object.values(ownSources).map((source) => readFileSync(source, "utf8")),
      ].join("\n"),
    done: () =>
      Object.keys(compilerCalls(variant, ""))
        .filter((file) => !optionalAddons.includes(file))
        .every((file) => existsSync(join(built, file))),
    async run(task) {
      const [compiler, ...first] = findCompiler() ?? ["c++"];
      const draft = join(libraryFolder(variant), "addons.new");
      rmSync(draft, { recursive: true, force: true });
      mkdirSync(draft);
      const how = { env: installEnvironment(), log, onStart: task.started };
      for (const [file, call] of Object.entries(compilerCalls(variant, draft))) {
        try {
          await run(compiler, [...first, ...call], how);
        } catch (error) {
          if (!(error instanceof CommandError)) throw error;
          if (!optionalAddons.includes(file)) {
            throw new Problem(
              `${compiler} could not build the TensorFlow addon; see ${log}.`,
              `Try another compiler by CXX=…. ${goWithout}`,
            );
          }
          tellMissing(file, `could not be built by ${compiler}`, variant, log);
        }
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
    done: () =>
      existsSync(placedAddon) &&
      optionalAddons.every(
        (file) => existsSync(join(builtAddons(variant), file)) === existsSync(join(placedAddons, file)),
      ),
    async run(task) {
      mkdirSync(placedAddons, { recursive: true });
      const files = readdirSync(builtAddons(variant));
      for (const file of files) {
        // Replaced as a whole: a running kernel keeps the file that it has loaded.
        const place = join(placedAddons, file);
        copyFileSync(join(builtAddons(variant), file), `${place}.new`);
        renameSync(`${place}.new`, place);
      }
      /** @param {string[]} addons */
      const load = (...addons) =>
        run(process.execPath, ["-e", "process.argv.slice(1).forEach((addon) => require(addon))", ...addons], {
          log,
          onStart: task.started,
        });
      try {
        await load(placedAddon);
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        const why = readFileSync(log, "utf8").match(/^Error: .*/m)?.[0] ?? "";
        throw new Problem(
          `The TensorFlow addon was built but does not load. ${why}`,
          `See ${log}. ${goWithout}`,
        );
      }
      for (const file of optionalAddons) {
        try {
          if (files.includes(file)) await load(placedAddon, join(placedAddons, file));
          else rmSync(join(placedAddons, file), { force: true });
        } catch (error) {
          if (!(error instanceof CommandError)) throw error;
          for (const folder of [builtAddons(variant), placedAddons]) rmSync(join(folder, file));
          tellMissing(file, "was built but does not load", variant, log);
        }
      }
    },
  };
}
