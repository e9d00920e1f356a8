/** The entry of all commands, run as its own process. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { root } from "../../kernel-setup/setup/environment.mjs";

const course = join(root, "kernel-setup", "course.mjs");
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "course-"))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the entry in a process that takes itself for another Node or system. */
function runAs(property: "versions" | "platform", value: unknown, args: string[]) {
  const preload = join(folder, "preload.cjs");
  writeFileSync(
    preload,
    `Object.defineProperty(process, "${property}", { value: ${JSON.stringify(value)} });`,
  );
  return spawnSync(process.execPath, ["--require", preload, course, ...args], { encoding: "utf8" });
}

test.each(["16.20.2", "18.20.8", "19.9.0"])("Node %s is told what is needed", (node) => {
  const { status, stderr } = runAs("versions", { ...process.versions, node }, ["start"]);
  expect(status).toBe(1);
  expect(stderr).toBe(
    `This is Node ${node}; the course needs Node 20 or newer.\n` +
      "Install a current Node (for example from your package manager, or with nvm install 22), then run this again.\n",
  );
});

test("Windows is pointed to WSL", () => {
  const { status, stderr } = runAs("platform", "win32", ["start"]);
  expect(status).toBe(1);
  expect(stderr).toContain("wsl --install");
});

test("the entry is written in a syntax that old versions of Node can read", () => {
  const text = readFileSync(course, "utf8").replace(/\/\/.*|\/\*[^]*?\*\//g, "");
  expect(text).not.toMatch(/^import |\bawait\b|\?\.|\?\?|node:|#/m);
});

test("an unknown command lists all commands", () => {
  const { status, stderr } = spawnSync(process.execPath, [course, "strat"], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain('There is no command "strat".');
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const commands = Object.values(scripts).flatMap(
    (script) => /course\.mjs (\S+)$/.exec(script)?.slice(1) ?? [],
  );
  expect(commands.length).toBeGreaterThan(8);
  for (const command of commands) expect(stderr).toMatch(new RegExp(`^ {2}${command} +\\S`, "m"));
});
