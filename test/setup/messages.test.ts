/** Each bad situation: the message says what is wrong, the cure what to do. */
import { join } from "node:path";

import { root } from "../../kernel-setup/setup/environment.mjs";
import { Problem } from "../../kernel-setup/setup/problem.mjs";
import { explain } from "../../kernel-setup/setup/explain.mjs";
import { checkDisk, checkWritable } from "../../kernel-setup/setup/preflight.mjs";
import { CommandError, run } from "../../kernel-setup/setup/process.mjs";
import { duration, transfer } from "../../kernel-setup/setup/progress.mjs";

const failed = (output: string) => explain("npm packages", new CommandError("npm ci", 1, output));

test.each([
  ["npm without a network", "npm error code ENOTFOUND\nnpm error network request to https://… failed"],
  [
    "pip without a network",
    "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution",
  ],
  ["a refused connection", "npm error code ECONNREFUSED"],
])("%s", (_situation, output) => {
  const { message, cure } = failed(output);
  expect(message).toBe("npm packages: the package registry could not be reached.");
  expect(cure).toMatch(/Connect, or give npm and pip your proxy or mirror/);
});

test("a full disk", () => {
  expect(failed("npm error code ENOSPC").message).toBe("npm packages: the disk is full.");
});

test("a package that is not the pinned one", () => {
  expect(failed("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.").message).toMatch(
    /pinned/,
  );
});

test("anything else shows the end of the output and where the whole of it is", () => {
  const { message, cure } = failed("one\ntwo");
  expect(message).toMatch(/npm ci ended with exit code 1.\none\ntwo/);
  expect(cure).toContain(".cache/setup/logs");
});

test("too little disk is said in gigabytes before anything is downloaded", () => {
  expect(() => {
    checkDisk(2500, 2500);
  }).not.toThrow();
  let problem: unknown;
  try {
    checkDisk(2500, 900);
  } catch (error) {
    problem = error;
  }
  expect(problem).toBeInstanceOf(Problem);
  expect((problem as Problem).message).toMatch(/needs 2.5 GB of disk space, and 0.9 GB are free/);
  expect((problem as Problem).cure).toMatch(/Free 1.6 GB/);
});

test("a project's folder that cannot be written", () => {
  // A file stands where the folder should be: that stops root as well.
  expect(() => {
    checkWritable(join(root, "package.json", "tmp"));
  }).toThrow("The project's folder cannot be written");
});

test("a failed program's last lines and exit code are kept", async () => {
  const script = "console.log('out'); console.error('err'); process.exit(3)";
  const error: unknown = await run(process.execPath, ["-e", script]).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CommandError);
  const { code, output } = error as CommandError;
  expect(code).toBe(3);
  expect(output.split("\n").sort()).toEqual(["err", "out"]);
  await expect(run("/no/such/program", [])).rejects.toThrow(/no\/such\/program/);
});

test("progress: amount, rate and time left", () => {
  expect(transfer(120e6, 274e6, 10)).toBe("120 of 274 MB, 12 MB/s, 13 s left");
  expect(transfer(0, 274e6, 0)).toBe("0 of 274 MB");
  expect(duration(2.34)).toBe("2.3 s");
  expect(duration(125)).toBe("2 min 5 s");
});
