// @ts-check
/** Finds the command, sets up, runs it. */
import { Problem } from "../setup/problem.mjs";
import { setUp } from "../setup/setup.mjs";

/**
 * @typedef {object} Command
 * @property {(args: string[], choice: import("../setup/backend-choice.mjs").Choice) => Promise<number>} run gives the exit code
 */

/** @type {Record<string, { does: string, load?: () => Promise<Command> }>} */
const commands = {
  setup: { does: "set-up only, which every other command does by itself" },
  start: { does: "open the notebooks in JupyterLab", load: () => import("./start.mjs") },
  test: { does: "all tests (arguments are jest's)", load: () => import("./test.mjs") },
  check: { does: "types, lint, format and notebooks, in seconds", load: () => import("./check.mjs") },
  notebooks: { does: "execute all notebooks headlessly", load: () => import("./notebooks.mjs") },
  slides: { does: "slides that work without a network, in slides/out", load: () => import("./slides.mjs") },
  train: {
    does: "train a network by a recipe (without a name: lists them)",
    load: () => import("./train.mjs"),
  },
  bench: { does: "benchmarks (arguments choose by name)", load: () => import("./bench.mjs") },
  doctor: {
    does: "what this machine has, and whether the course can run",
    load: () => import("./doctor.mjs"),
  },
  build: { does: "compile the library and the kernel" },
  "kernel:install": {
    does: "make the kernel known to your own Jupyter or VS Code",
    load: () => import("./kernel-install.mjs"),
  },
  "kernel:uninstall": { does: "undo kernel:install", load: () => import("./kernel-uninstall.mjs") },
};

/** @param {string} name */
function usage(name) {
  const lines = Object.entries(commands).map(([command, { does }]) => `  ${command.padEnd(17)} ${does}`);
  return `${name ? `There is no command "${name}".` : "Which command?"}\n\n${lines.join("\n")}\n`;
}

/**
 * Sets process.exitCode.
 * @param {string[]} args the command and its arguments
 */
export async function main([name = "", ...args]) {
  if (!Object.hasOwn(commands, name)) {
    process.stderr.write(usage(name));
    process.exitCode = 1;
    return;
  }
  try {
    const choice = await setUp();
    const command = await commands[name].load?.();
    process.exitCode = (await command?.run(args, choice)) ?? 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`\n${error.message}\n${error.cure}\n`);
    process.exitCode = 1;
  }
}
