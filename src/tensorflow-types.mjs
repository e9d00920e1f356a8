// @ts-check
/**
 * Writes the types of TensorFlow.js into one file, dist/types/tfjs-core.d.ts, for the notebooks' kernel: the package's
 * own 300 files take TypeScript over a second to read, this one a third of that. Operations as methods are part of it.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const core = join(root, "node_modules", "@tensorflow", "tfjs-core");
const output = join(root, "dist", "types", "tfjs-core.d.ts");
const { name, version } = JSON.parse(readFileSync(join(core, "package.json"), "utf8"));
const firstLine = `// ${name} ${version}`;

const entry = "entry.d.ts";
const entryText = `
export * from "${core}/dist/index";
import "${core}/dist/public/chained_ops/register_all_chained_ops";
`;

/** Does nothing if the file is there and of the installed version. */
export async function writeTensorFlowTypes() {
  if (existsSync(output) && readFileSync(output, "utf8").startsWith(`${firstLine}\n`)) return;
  mkdirSync(dirname(output), { recursive: true });
  const types = (await rolledUp()).replace(/^\/\/\/ <reference types="@webgpu.*\n/m, "");
  const temporary = `${output}.${process.pid}`;
  writeFileSync(temporary, `${firstLine}\n${types}`);
  renameSync(temporary, output);
}

async function rolledUp() {
  // Only when needed: loading them takes as long as all other checks of a build together.
  const [{ rollup }, { dts }] = await Promise.all([import("rollup"), import("rollup-plugin-dts")]);
  const virtual = {
    name: "entry",
    resolveId: (/** @type {string} */ id) => (id === entry ? join(root, "src", entry) : null),
    load: (/** @type {string} */ id) => (id === join(root, "src", entry) ? entryText : null),
  };
  const bundle = await rollup({ input: entry, plugins: [virtual, dts({ respectExternal: true })] });
  const { output: chunks } = await bundle.generate({ file: "tfjs-core.d.ts", format: "es" });
  return chunks[0].code;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeTensorFlowTypes();
