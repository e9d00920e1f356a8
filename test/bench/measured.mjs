// @ts-check
/** What benchmarks have measured, as files that notebooks show. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const folder = resolve(dirname(fileURLToPath(import.meta.url)), "../../notebooks/measured");

/** Writes `notebooks/measured/<name>.json`, all of it or nothing. @param {string} name @param {unknown} content */
export function writeMeasured(name, content) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  writeFileSync(`${file}.part`, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(`${file}.part`, file);
  console.log(`\nwritten to notebooks/measured/${name}.json`);
}
