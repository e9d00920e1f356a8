// @ts-check
/** Usage: node run-suite.mjs <file>. Runs TensorFlow.js's core suite and writes the outcome of every spec to the file. */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const bundle = join(resolve(here, "../.."), ".cache", "tensorflow-suite", "suite.cjs");

await build({
  entryPoints: [join(here, "suite.ts")],
  outfile: bundle,
  bundle: true,
  platform: "node",
  // The specs import TensorFlow.js's modules one by one: backend and specs must share one copy of each.
  mainFields: ["module", "main"],
  // tfjs-node's compiled classes are ES5 and cannot extend that copy's.
  alias: { "@tensorflow/tfjs-node-gpu/dist": "@tensorflow/tfjs-node-gpu/src" },
  // Modules that only register something count as unused by their package.json.
  ignoreAnnotations: true,
  external: ["jasmine"],
  logLevel: "error",
});

process.env.COURSE_BACKEND = "native";
createRequire(import.meta.url)(bundle);
