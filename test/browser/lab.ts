/** JupyterLab as `npm start` serves it, on copies of the notebooks, and the parts of its page that the tests use. */
import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { paths } from "../../kernel-setup/setup/environment.mjs";

/** A running JupyterLab. */
export interface Lab {
  /** Address of a notebook, with the token. */
  address(notebook: string): string;
  /** Ends it as Ctrl-C does; gives what it wrote and its exit code. */
  stop(): Promise<{ log: string; code: number | null }>;
}

/** Starts JupyterLab with `npm start`'s own command. It serves copies: it saves what it runs. */
export async function startLab(): Promise<Lab> {
  const folder = mkdtempSync(join(paths.cache, "lab-"));
  for (const file of readdirSync(paths.notebooks).filter((name) => !name.startsWith("."))) {
    cpSync(join(paths.notebooks, file), join(folder, file), { recursive: true });
  }
  const course = spawn(
    process.execPath,
    [join(paths.root, "kernel-setup", "course.mjs"), "start", `--FileContentsManager.root_dir=${folder}`],
    { cwd: paths.root, env: { ...process.env, COURSE_BROWSER: "none" }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let log = "";
  for (const stream of [course.stdout, course.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (log += text));
  }
  const ended = new Promise<number | null>((resolve) => course.on("close", resolve));
  const url = await printedAddress(course, () => log);
  return {
    // A workspace of its own, emptied: no window that somebody left open.
    address: (notebook) => `${url.origin}/lab/workspaces/test/tree/${notebook}${url.search}&reset`,
    async stop() {
      course.kill("SIGINT");
      const code = await ended;
      rmSync(folder, { recursive: true, force: true });
      return { log, code };
    },
  };
}

/** The address that the command prints once JupyterLab answers. */
async function printedAddress(course: ChildProcess, log: () => string): Promise<URL> {
  for (;;) {
    const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(log())?.[0];
    if (address) return new URL(address);
    if (course.exitCode !== null) throw new Error(`npm start ended before JupyterLab answered:\n${log()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
