/** The course's own library: compiled anew when the kernel starts after a change in `src`. */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { modified } from "./files";

/** Resolves with what the compiler had to say, or with nothing if there was nothing to do. */
export async function refreshLibrary(root: string): Promise<string> {
  const built = modified(join(root, "dist", "lib", ".built"));
  return newest(join(root, "src")) > built ? await buildLibrary(root) : "";
}

function newest(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? newest(path) : modified(path);
  });
  return Math.max(0, modified(folder), ...times);
}

function buildLibrary(root: string): Promise<string> {
  return new Promise((resolve) => {
    const builder = join(root, "kernel-setup", "kernel", "build.mjs");
    const child = spawn(process.execPath, [builder, "library"], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    const listen = (chunk: Buffer): void => void (said += chunk.toString("utf8"));
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("error", (error) => {
      resolve(error.message);
    });
    child.on("close", (status) => {
      resolve(status === 0 ? "" : said);
    });
  });
}
