/**
 * Output of child processes that inherit the kernel's streams. Those lead to the terminal of the Jupyter server, where a
 * student never looks; so "inherit" becomes a file or a pipe whose text goes below the cell.
 */
import childProcess from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Stdio = readonly unknown[];
type Call = (...args: unknown[]) => unknown;

/** Node's functions are exchanged in place: `import`ed names read them from the module at every call. */
export function captureChildren(): void {
  const functions = childProcess as unknown as Record<string, Call>;
  for (const name of ["spawnSync", "execFileSync", "execSync"]) functions[name] = waiting(functions[name]);
  functions.spawn = streaming(functions.spawn);
}

/** The kernel is blocked until the child ends, so its text is shown then. */
function waiting(real: Call): Call {
  return (...args) => {
    const stdio = inheritedBy(args);
    if (!stdio) return real(...args);
    const folder = mkdtempSync(join(tmpdir(), "cell-"));
    const path = join(folder, "output");
    const file = openSync(path, "w");
    try {
      return real(...withStdio(args, exchange(stdio, file)));
    } finally {
      closeSync(file);
      process.stdout.write(readFileSync(path));
      rmSync(folder, { recursive: true });
    }
  };
}

function streaming(real: Call): Call {
  return (...args) => {
    const stdio = inheritedBy(args);
    if (!stdio) return real(...args);
    const child = real(...withStdio(args, exchange(stdio, "pipe"))) as childProcess.ChildProcess;
    if (isInherited(stdio[1])) child.stdout?.on("data", (text: Buffer) => process.stdout.write(text));
    if (isInherited(stdio[2])) child.stderr?.on("data", (text: Buffer) => process.stderr.write(text));
    return child;
  };
}

const isOptions = (argument: unknown): argument is { stdio?: unknown } =>
  typeof argument === "object" && argument !== null && !Array.isArray(argument);

/** The call's three streams, if it lets the child inherit standard output or standard error. */
function inheritedBy(args: readonly unknown[]): Stdio | undefined {
  const stdio = args.find(isOptions)?.stdio;
  const each: Stdio = Array.isArray(stdio) ? (stdio as unknown[]) : [stdio, stdio, stdio];
  return isInherited(each[1]) || isInherited(each[2]) ? each : undefined;
}

const isInherited = (stream: unknown): boolean =>
  stream === "inherit" ||
  stream === 1 ||
  stream === 2 ||
  stream === process.stdout ||
  stream === process.stderr;

const exchange = ([input, ...outputs]: Stdio, instead: unknown): Stdio => [
  input,
  ...outputs.map((stream) => (isInherited(stream) ? instead : stream)),
];

const withStdio = (args: readonly unknown[], stdio: Stdio): unknown[] =>
  args.map((argument) => (isOptions(argument) ? { ...argument, stdio } : argument));
