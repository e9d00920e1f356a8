// @ts-check
/** Digits by DPM-Solver++, on command; `worker.py` is its twin, and sampling.bench.mjs says what both are asked and answer. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
/** @type {typeof import("../../../src/index")} */
const course = createRequire(import.meta.url)(join(root, "dist", "lib", "index.js"));
const { tf } = course;

const [path, precision] = process.argv.slice(2);
/** @type {import("./job.mjs").Job} */
const job = JSON.parse(readFileSync(path, "utf8"));

/** @param {object} value */
const answer = (value) => console.log(JSON.stringify(value));

const start = performance.now();
const model = course.loadModel("digits", { precision: precision === "bfloat16" ? "bfloat16" : "float32" });
const bytes = readFileSync(job.z);
const z = tf.tensor4d(new Float32Array(new Uint8Array(bytes).buffer), [job.labels.length, 28, 28, 1]);
const denoise = model.denoiser({ labels: tf.tensor1d(job.labels, "int32") });

async function draw() {
  const images = await course.dpmSolver(denoise, z, model.schedule, { times: job.times });
  const values = await images.data();
  images.dispose();
  return /** @type {Float32Array} */ (values);
}

await draw();
const { tensorflow, cpu, cores, gpu } = course.deviceReport();
answer({
  library: `TensorFlow ${tensorflow}, ${gpu ?? `${cpu}, ${cores} cores`}`,
  device: gpu ? "cuda" : "cpu",
  parameters: model.network.parameterCount,
  first: (performance.now() - start) / 1000,
});

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.do === "quit") break;
  const begin = performance.now();
  const images = await draw();
  const milliseconds = performance.now() - begin;
  writeFileSync(command.file, images);
  answer({ milliseconds });
}
process.exit();
