// @ts-check
/** Finding the programs that must already be on the machine. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

import { Problem } from "./problem.mjs";

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Where a program lies on the path, without starting anything.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {string | undefined}
 */
export function which(name, environment = process.env) {
  if (isAbsolute(name)) return isProgram(name) ? name : undefined;
  return (environment.PATH ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isProgram);
}

/**
 * The C++ compiler, as a command with its first arguments ($CXX may be "ccache g++").
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {string[] | undefined}
 */
export function findCompiler(environment = process.env) {
  const wish = (environment.CXX ?? "").split(/\s+/).filter(Boolean);
  return [wish, ["g++"], ["clang++"], ["c++"]].find(
    ([program]) => program !== undefined && which(program, environment) !== undefined,
  );
}

const PROBE = `
import json, sys
def has(name):
    try:
        __import__(name)
        return True
    except ImportError:
        return False
print(json.dumps({"version": list(sys.version_info[:2]), "venv": has("venv") and has("ensurepip")}))
`;

/** @typedef {{ version: [number, number], venv: boolean }} PythonFacts */

/** @param {string} command @returns {PythonFacts | undefined} */
function probePython(command) {
  const { status, stdout } = spawnSync(command, ["-c", PROBE], { encoding: "utf8" });
  if (status !== 0) return undefined;
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

const installPython =
  process.platform === "darwin"
    ? "Install Python 3.10 or newer, for example with `brew install python`"
    : "Install Python 3.10 or newer with its venv module (on Debian and Ubuntu: sudo apt-get install python3 python3-venv)";

/**
 * A Python that can make the virtual environment: $COURSE_PYTHON, python3, python, or a versioned name.
 * @param {NodeJS.ProcessEnv} [environment]
 * @param {(command: string) => PythonFacts | undefined} [probe]
 * @returns {string} the command
 * @throws {Problem} when there is none
 */
export function findPython(environment = process.env, probe = probePython) {
  const names = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];
  const candidates = environment.COURSE_PYTHON ? [environment.COURSE_PYTHON] : names;
  /** @type {string[]} */
  const seen = [];
  for (const name of candidates) {
    const command = which(name, environment);
    const facts = command && probe(command);
    if (!command || !facts) continue;
    const version = facts.version.join(".");
    const [major, minor] = facts.version;
    if (major !== 3 || minor < 10) seen.push(`${command} is version ${version}`);
    else if (!facts.venv) seen.push(`${command} (${version}) lacks the venv module`);
    else return command;
  }
  if (environment.COURSE_PYTHON && seen.length === 0)
    seen.push(`COURSE_PYTHON=${environment.COURSE_PYTHON} does not run`);
  const venvOnly = seen.find((line) => line.includes("venv"));
  throw new Problem(
    seen.length > 0 ? `No suitable Python was found: ${seen.join("; ")}.` : "No Python was found.",
    venvOnly && process.platform === "linux"
      ? "Install the venv module (on Debian and Ubuntu: sudo apt-get install python3-venv), then run this again."
      : `${installPython}, or name one in the variable COURSE_PYTHON, then run this again.`,
  );
}
