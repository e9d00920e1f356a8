import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { acquireLock } from "../../kernel-setup/setup/lock.mjs";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
  path = join(folder, "setup", "lock");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const write = async (content: string) => {
  const lock = await acquireLock(path);
  lock.release();
  writeFileSync(path, content);
};

/** The id of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ["-e", ""]).pid;

test("a second set-up waits for the first, and is told for whom", async () => {
  const first = await acquireLock(path);
  const waits: number[] = [];
  const second = acquireLock(path, { onWait: ({ pid }) => waits.push(pid) });
  const order: string[] = [];
  const done = second.then(() => order.push("second"));
  await new Promise((resolve) => setTimeout(resolve, 700));
  order.push("first");
  first.release();
  await done;
  expect(order).toEqual(["first", "second"]);
  expect(waits).toEqual([process.pid]);
  (await second).release();
  expect(existsSync(path)).toBe(false);
});

test("a dead owner's lock is taken over without waiting", async () => {
  await write(JSON.stringify({ pid: deadPid() }));
  const onWait = jest.fn();
  const lock = await acquireLock(path, { onWait });
  expect(onWait).not.toHaveBeenCalled();
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ pid: process.pid });
  lock.release();
});

test("an unreadable lock is taken over", async () => {
  await write("");
  (await acquireLock(path)).release();
  expect(existsSync(path)).toBe(false);
});

test("a dead owner's installer is waited for", async () => {
  const installer = spawn(process.execPath, ["-e", "setTimeout(() => {}, 1000)"], { detached: true });
  let ended = false;
  installer.on("exit", () => (ended = true));
  await write(JSON.stringify({ pid: deadPid(), program: installer.pid }));
  const lock = await acquireLock(path);
  expect(ended).toBe(true);
  lock.release();
});

test("release leaves a lock that is no longer ours", async () => {
  const lock = await acquireLock(path);
  writeFileSync(path, JSON.stringify({ pid: 1 }));
  lock.release();
  expect(existsSync(path)).toBe(true);
});
