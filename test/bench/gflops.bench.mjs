// @ts-check
/** GFLOP/s of matrix products and convolutions: the native TensorFlow beside WebAssembly, taking turns. */
import { execFileSync } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./statistics.mjs";

const library = join(resolve(dirname(fileURLToPath(import.meta.url)), "../.."), "dist", "lib", "index.js");
const rounds = 3;

/** @typedef {{ matMul: number, conv2d: number }} Gflops */

const script = `
  const { measureGflops, deviceReport } = require(process.argv[1]);
  measureGflops().then((gflops) => console.log(JSON.stringify({ gflops, device: deviceReport() })));
`;

/** @param {"native" | "wasm"} backend */
function measure(backend) {
  const output = execFileSync(process.execPath, ["-e", script, library], {
    env: { ...process.env, COURSE_BACKEND: backend },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(output);
}

const runs = Array.from({ length: rounds }, () => ({ native: measure("native"), wasm: measure("wasm") }));
const { cpu, cores, gpu, tensorflow } = runs[0].native.device;

console.log(
  `TensorFlow ${tensorflow} on ${gpu ?? `${cpu}, ${cores} cores`}; wasm on one core; median of ${rounds}`,
);
for (const work of /** @type {const} */ (["matMul", "conv2d"])) {
  const native = median(runs.map((run) => run.native.gflops[work]));
  const wasm = median(runs.map((run) => run.wasm.gflops[work]));
  const ratio = median(runs.map((run) => run.native.gflops[work] / run.wasm.gflops[work]));
  console.log(
    `${work.padEnd(8)} native ${native.toFixed(0).padStart(6)} GFLOP/s   wasm ${wasm.toFixed(0).padStart(4)} GFLOP/s   ${ratio.toFixed(1)} times`,
  );
}
