/** What set-up says about a machine's Python and compiler, with programs put on a path of our own. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Problem } from "../../kernel-setup/setup/problem.mjs";
import { findCompiler, findPython } from "../../kernel-setup/setup/programs.mjs";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "a path "))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Puts a shell script on the path. */
function install(name: string, body: string) {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A Python of a version that answers our question about itself. */
const python = (name: string, version: [number, number], venv = true) =>
  install(name, `echo '${JSON.stringify({ version, venv })}'`);

function problem(act: () => unknown): Problem {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("no problem was found");
}

const find = (variables: NodeJS.ProcessEnv = {}) => findPython({ PATH: folder, ...variables });

test("the first suitable Python is taken", () => {
  python("python3", [3, 9]);
  const newer = python("python3.12", [3, 12]);
  expect(find()).toBe(newer);
});

test("COURSE_PYTHON goes first, and alone", () => {
  python("python3", [3, 12]);
  const chosen = python("other", [3, 11]);
  expect(find({ COURSE_PYTHON: chosen })).toBe(chosen);
  const { message } = problem(() => find({ COURSE_PYTHON: join(folder, "none") }));
  expect(message).toMatch(/COURSE_PYTHON=.*none does not run/);
});

test("no Python", () => {
  const { message, cure } = problem(() => find());
  expect(message).toBe("No Python was found.");
  expect(cure).toMatch(/Install Python 3.10 or newer.*COURSE_PYTHON/);
});

test("a Python that is too old", () => {
  const path = python("python3", [3, 9]);
  const { message, cure } = problem(() => find());
  expect(message).toContain(`${path} is version 3.9`);
  expect(cure).toMatch(/Install Python 3.10 or newer/);
});

test("a Python without the venv module", () => {
  python("python3", [3, 11], false);
  const { message, cure } = problem(() => find());
  expect(message).toContain("lacks the venv module");
  if (process.platform === "linux") expect(cure).toContain("apt-get install python3-venv");
});

test("a python that does not run is passed over", () => {
  install("python3", "exit 1");
  const good = python("python", [3, 10]);
  expect(find()).toBe(good);
});

test("the compiler: $CXX with its arguments, then g++, then clang++, else none", () => {
  expect(findCompiler({ PATH: folder })).toBeUndefined();
  install("clang++", "");
  expect(findCompiler({ PATH: folder })).toEqual(["clang++"]);
  install("g++", "");
  expect(findCompiler({ PATH: folder })).toEqual(["g++"]);
  install("ccache", "");
  expect(findCompiler({ PATH: folder, CXX: "ccache g++" })).toEqual(["ccache", "g++"]);
  expect(findCompiler({ PATH: folder, CXX: "missing++" })).toEqual(["g++"]);
});
