// @ts-check
/** Running other programs: their output goes to a log, and an interrupt ends them with everything they started. */
import { spawn, spawnSync } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

/** A program that failed, with the end of what it printed. */
export class CommandError extends Error {
  /**
   * @param {string} command
   * @param {number | null} code exit code, null after a signal
   * @param {string} output the last lines it printed
   */
  constructor(command, code, output) {
    super(`${command} ended with ${code === null ? "a signal" : `exit code ${code}`}`);
    this.name = "CommandError";
    this.code = code;
    this.output = output;
  }
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();

/** Sends a signal to every running program and to whatever it started.
 * @param {NodeJS.Signals} signal */
export function signalChildren(signal) {
  for (const child of children) signalGroup(child, signal);
}

/** @param {import("node:child_process").ChildProcess} child @param {NodeJS.Signals} signal */
function signalGroup(child, signal) {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // It has just ended by itself.
  }
}

const KEPT_LINES = 40;

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, log?: string, onLine?: (line: string) => void,
 *   onStart?: (pid: number) => void }} [options]
 *   log: a file for all output; onLine: sees each line; onStart: told the process id
 * @returns {Promise<void>}
 * @throws {CommandError} when it cannot be started or fails
 */
export async function run(command, args, { env, cwd, log, onLine, onStart } = {}) {
  // Its own process group, so that an interrupt reaches all of it, once, through us.
  const child = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
  children.add(child);
  if (child.pid) onStart?.(child.pid);
  const sink = log ? openLog(log) : undefined;
  sink?.write(`$ ${command} ${args.join(" ")}\n`);
  /** @type {string[]} */
  const tail = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      tail.push(line);
      if (tail.length > KEPT_LINES) tail.shift();
      sink?.write(line + "\n");
      onLine?.(line);
    });
  }
  try {
    const code = await new Promise((resolve, reject) => {
      child.on("error", (error) => reject(new CommandError(`${command} (${error.message})`, 127, "")));
      child.on("close", resolve);
    });
    if (code !== 0) throw new CommandError([command, ...args].join(" "), code, tail.join("\n"));
  } finally {
    children.delete(child);
    sink?.end();
  }
}

/** @param {string} path */
function openLog(path) {
  mkdirSync(dirname(path), { recursive: true });
  return createWriteStream(path, { flags: "a" });
}

/**
 * Runs a program in the foreground, on this terminal, and gives its exit code. An interrupt is passed on to it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<number>}
 */
export function runInForeground(command, args, { env, cwd } = {}) {
  const child = spawn(command, args, { env, cwd, stdio: "inherit" });
  // From a terminal the program gets Ctrl-C itself; this end only has to outlive it.
  const ignore = () => {};
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => child.kill(signal);
  process.on("SIGINT", ignore).on("SIGTERM", forward).on("SIGHUP", forward);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("SIGINT", ignore).off("SIGTERM", forward).off("SIGHUP", forward);
      resolve(code ?? 1);
    });
  });
}

/**
 * The processes that a process started, and those that they started.
 * @param {number} pid
 * @returns {number[]}
 */
export function descendants(pid) {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = (stdout ?? "")
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  /**
   * @param {number} parent
   * @returns {number[]}
   */
  const below = (parent) =>
    pairs.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}
