// @ts-check
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { installEnvironment, paths, root } from "../environment.mjs";
import { run } from "../process.mjs";
import { findPython } from "../programs.mjs";

const lockFolder = join(paths.kernelSetup, "python");

/** @param {string} name of a lock in kernel-setup/python */
export const lockFile = (name) => join(lockFolder, `${name}.txt`);

/**
 * A venv's programs name their interpreter by its full path: a moved project needs new ones.
 * @param {string} lock
 */
const lockedHere = (lock) => `${root}\n${readFileSync(lockFile(lock), "utf8")}`;

/** @param {string} lock @param {string} name @returns {string} "name==version" */
function pinned(lock, name) {
  const line = readFileSync(lockFile(lock), "utf8").match(new RegExp(`^${name}==\\S+`, "m"));
  if (!line) throw new Error(`${lockFile(lock)} does not pin ${name}`);
  return line[0];
}

/** @param {string} name @param {import("../runner.mjs").Task} task */
const options = (name, task) => ({
  env: {
    ...installEnvironment(),
    // pipx would otherwise replace the pinned pip by the newest one.
    PIPX_DISABLE_SHARED_LIBS_AUTO_UPGRADE: "1",
  },
  log: join(paths.setupState, "logs", `${name}.log`),
  onStart: task.started,
});

const sharedPip = join(paths.pipxHome, "shared");

/** @type {import("../runner.mjs").Step} */
export const python = {
  name: "python",
  title: "Python environment with pipx",
  megabytes: 80,
  inputs: () => lockedHere("tools"),
  done: () => existsSync(paths.python) && existsSync(join(sharedPip, "bin", "pip")),
  async run(task) {
    const command = findPython();
    const how = options("python", task);
    rmSync(paths.venv, { recursive: true, force: true });
    await run(command, ["-m", "venv", paths.venv], how);
    const install = ["install", "--require-hashes", "--progress-bar=off"];
    await run(paths.python, ["-m", "pip", ...install, "-r", lockFile("tools")], how);
    // The pip that pipx uses in all its environments.
    await run(paths.python, ["-m", "venv", "--without-pip", sharedPip], how);
    const shared = ["--python", join(sharedPip, "bin", "python")];
    await run(
      paths.python,
      [
        "-m",
        "pip",
        ...shared,
        ...install,
        "--no-deps",
        "--constraint",
        lockFile("tools"),
        pinned("tools", "pip"),
      ],
      how,
    );
  },
};

/**
 * An application in a pipx environment of its own; every package it pulls in must match the lock's hashes.
 * @param {string} name
 * @param {{ program: string, beside?: string[], megabytes: number }} details
 * @returns {import("../runner.mjs").Step}
 */
function application(name, { program, beside = [], megabytes }) {
  return {
    name,
    title: [name, ...beside].join(" with "),
    needs: ["python"],
    megabytes,
    inputs: () => lockedHere(name),
    done: () => existsSync(program),
    async run(task) {
      const pipArguments = `--pip-args=--require-hashes --progress-bar=off --constraint '${lockFile(name)}'`;
      const how = options(name, task);
      const pipx = ["-m", "pipx"];
      const common = ["--backend", "pip", pipArguments];
      rmSync(join(paths.pipxHome, "venvs", name), { recursive: true, force: true });
      await run(paths.python, [...pipx, "install", "--force", ...common, pinned(name, name)], how);
      for (const extra of beside) {
        await run(paths.python, [...pipx, "inject", ...common, name, pinned(name, extra)], how);
      }
    },
  };
}

export const jupyterlab = application("jupyterlab", {
  program: paths.jupyterLab,
  // JupyterLab draws Plotly figures with the extension that comes in this package.
  beside: ["plotly"],
  megabytes: 400,
});

export const nbconvert = application("nbconvert", { program: paths.nbconvert, megabytes: 60 });

/** What only tests and benchmarks use, so that JupyterLab's environment stays the user's own.
 * @type {import("../runner.mjs").Step} */
export const testTools = {
  name: "test-tools",
  title: "kernel test suite",
  needs: ["python"],
  megabytes: 90,
  inputs: () => lockedHere("test"),
  done: () => existsSync(paths.testPython),
  async run(task) {
    const how = options("test-tools", task);
    const folder = join(paths.venv, "test");
    rmSync(folder, { recursive: true, force: true });
    await run(paths.python, ["-m", "venv", "--without-pip", folder], how);
    const install = ["--python", paths.testPython, "install", "--require-hashes", "--progress-bar=off"];
    await run(paths.python, ["-m", "pip", ...install, "-r", lockFile("test")], how);
  },
};
