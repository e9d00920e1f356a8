/** `npm run train` as a user has it: what it says, Ctrl-C, and going on. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { jupyterEnvironment, paths, root } from "../../kernel-setup/setup/environment.mjs";

const command = join(root, "dist", "lib", "recipe", "command.js");
const whenSetUp = existsSync(command) && existsSync(paths.backend) ? describe : describe.skip;
const folder = mkdtempSync(join(tmpdir(), "train-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const run = (
  ...args: string[]
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
  spawnSync(process.execPath, [command, ...args], { encoding: "utf8", env: jupyterEnvironment() });

whenSetUp("npm run train", () => {
  test("without a name lists the recipes", () => {
    const { status, stdout } = run();
    expect(status).toBe(0);
    for (const name of ["digits", "digits-small", "digit-classifier"])
      expect(stdout).toContain(`\n  ${name} `);
  });

  test("says what is wrong with its arguments", () => {
    expect(run("letters")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        'There is no recipe "letters"; there are digits, digits-small',
      ) as string,
    });
    expect(run("digits", "digit-classifier").stderr).toContain("One recipe at a time");
    expect(run("digits", "--precision", "float8").stderr).toContain("use float32 or bfloat16");
    expect(run("digits", "--sped").stderr).toContain("--sped");
  });

  test("stops at Ctrl-C with everything saved, and goes on from there", async () => {
    const first = await interrupted(/step 50: held-out loss/);
    expect(first.code).toBe(130);
    const [, stopped] = /Stopped after step (\d+), which is saved/.exec(first.text) ?? [];
    expect(Number(stopped)).toBeGreaterThanOrEqual(50);
    const second = await interrupted(/step 100: held-out loss/);
    expect(second.text).toContain(`digits-small, from step ${stopped}`);
    const progress = JSON.parse(readFileSync(join(folder, "progress.json"), "utf8")) as {
      readonly evaluations: readonly { readonly step: number; readonly numbers: Record<string, number> }[];
    };
    expect(progress.evaluations.map(({ step }) => step)).toEqual([50, 100]);
    const [early, late] = progress.evaluations.map(({ numbers }) => numbers["held-out loss"]);
    expect(late).toBeLessThan(early);
  });
});

/** Trains until the pattern is seen, and then as after Ctrl-C. */
function interrupted(pattern: RegExp): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [command, "digits-small", "--folder", folder], {
    env: jupyterEnvironment(),
  });
  let text = "";
  let sent = false;
  const look = (chunk: Buffer): void => {
    text += chunk.toString();
    if (sent || !pattern.test(text)) return;
    sent = true;
    child.kill("SIGINT");
  };
  child.stdout.on("data", look);
  child.stderr.on("data", look);
  return new Promise((resolve) => {
    child.on("exit", (code) => {
      resolve({ code, text });
    });
  });
}
