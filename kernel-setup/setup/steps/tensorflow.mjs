// @ts-check
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { libraryFolder, libraryNames } from "../addon.mjs";
import { installEnvironment, paths } from "../environment.mjs";
import { megabytes } from "../progress.mjs";
import { run } from "../process.mjs";
import { wheelsFor } from "../tensorflow-wheels.mjs";

/** @typedef {import("../tensorflow-wheels.mjs").Wheel} Wheel @typedef {import("../runner.mjs").Task} Task */

const downloads = join(paths.cache, "downloads");

/**
 * pip and extract.py both report "Progress DONE of TOTAL".
 * @param {Task} task
 * @param {string} name
 */
function following(task, name) {
  return {
    env: installEnvironment(),
    log: join(paths.setupState, "logs", `${name}.log`),
    onStart: task.started,
    /** @param {string} line */
    onLine(line) {
      const [, done, total] = line.match(/^Progress (\d+) of (\d+)$/) ?? [];
      if (total !== undefined) task.bytes(Number(done), Number(total));
    },
  };
}

/**
 * Downloads a wheel, checks its hash, and gives its path.
 * @param {Wheel} wheel
 * @param {Task} task
 * @param {string} log
 */
async function download({ requirement, platform, sha256 }, task, log) {
  const folder = join(downloads, sha256.slice(0, 12));
  mkdirSync(folder, { recursive: true });
  const requirements = join(folder, "requirements.txt");
  writeFileSync(requirements, `${requirement} --hash=sha256:${sha256}\n`);
  const anyPython = ["--implementation=cp", "--python-version=3.11", "--abi=cp311", "--abi=none"];
  await run(
    paths.python,
    [
      ...["-m", "pip", "download", "--no-deps", "--no-cache-dir", "--progress-bar=raw"],
      ...["--only-binary=:all:", `--platform=${platform}`, ...anyPython],
      ...["--require-hashes", "-r", requirements, "-d", folder],
    ],
    following(task, log),
  );
  const wheel = readdirSync(folder).find((name) => name.endsWith(".whl"));
  if (!wheel) throw new Error(`pip downloaded no wheel for ${requirement}`);
  return { folder, path: join(folder, wheel) };
}

/**
 * TensorFlow's C library and headers, taken out of PyPI's wheels; the wheels themselves are not kept.
 * @param {"cpu" | "gpu"} variant
 * @returns {import("../runner.mjs").Step}
 */
export function tensorflow(variant) {
  const wheels = wheelsFor(variant, process.platform, process.arch);
  const name = `tensorflow-${variant}`;
  const folder = libraryFolder(variant);
  const size = wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
  return {
    name,
    title: `TensorFlow library (${variant}, ${megabytes(size)} to download)`,
    megabytes: (size / 1e6) * 2.5 + Math.max(...wheels.map((wheel) => wheel.bytes)) / 1e6,
    inputs: () => JSON.stringify(wheels),
    done: () => libraryNames.every((library) => existsSync(join(folder, "tensorflow", library))),
    async run(task) {
      const partial = `${folder}.partial`;
      for (const wheel of wheels) {
        // One mark per unpacked wheel: an interrupted download of many goes on with the next.
        const mark = join(partial, ".unpacked", wheel.sha256);
        if (existsSync(mark)) continue;
        const { folder: downloaded, path } = await download(wheel, task, name);
        const script = join(paths.kernelSetup, "python", "extract.py");
        await run(paths.python, [script, path, partial, ...wheel.keep], following(task, name));
        rmSync(downloaded, { recursive: true });
        mkdirSync(join(partial, ".unpacked"), { recursive: true });
        writeFileSync(mark, `${wheel.requirement}\n`);
      }
      rmSync(folder, { recursive: true, force: true });
      renameSync(partial, folder);
    },
  };
}
