/** Runs the programs of this folder: every check that one reports becomes a test of its own. */
import { execFileSync, spawn, type ChildProcessByStdio } from "node:child_process";
import { join } from "node:path";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { jupyterEnvironment, paths } from "../../kernel-setup/setup/environment.mjs";

interface Report {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Beyond the limit that checks.py sets to any check: a check that hangs fails there, with an explanation. */
const patience = 180_000;

/** Declares the tests of one suite.
 * @param suite its file's name, such as "errors.py" */
export function testKernel(suite: string): void {
  const program = join(paths.root, "test", "kernel", suite);
  const environment = { ...jupyterEnvironment(), KERNEL: "typescript" };
  const names = execFileSync(paths.testPython, [program, "--list"], { env: environment, encoding: "utf8" })
    .trim()
    .split("\n");

  describe(suite, () => {
    let run: ChildProcessByStdio<null, Readable, null>;
    let reports: Map<string, Promise<Report>>;
    beforeAll(() => {
      run = spawn(paths.testPython, [program], { env: environment, stdio: ["ignore", "pipe", "inherit"] });
      reports = reportsOf(run.stdout, names);
    });
    afterAll(async () => {
      if (run.exitCode !== null || run.signalCode !== null) return;
      run.kill();
      await once(run, "exit");
    });
    test.each(names)(
      "%s",
      async (name) => {
        const { ok, detail } = await reports.get(name)!;
        if (!ok) throw new Error(detail);
      },
      patience,
    );
  });
}

/** Reports by name, each settled as soon as its check has ended, and failed if the output ends before. */
function reportsOf(output: Readable, names: readonly string[]): Map<string, Promise<Report>> {
  const waiting = new Map<string, (report: Report) => void>();
  const reports = new Map(
    names.map((name) => [name, new Promise<Report>((resolve) => waiting.set(name, resolve))]),
  );
  createInterface(output)
    .on("line", (line) => {
      const report = JSON.parse(line) as Report;
      waiting.get(report.name)?.(report);
      waiting.delete(report.name);
    })
    .on("close", () => {
      for (const [name, resolve] of waiting)
        resolve({ name, ok: false, detail: "The program ended without a word about this check." });
    });
  return reports;
}
