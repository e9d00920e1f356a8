// @ts-check
/** What this machine has, what set-up made of it, and whether the course can run. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";

import { nameOf, WASM_COST } from "../setup/backend-choice.mjs";
import { jupyterEnvironment, paths } from "../setup/environment.mjs";
import { freeMegabytes } from "../setup/preflight.mjs";
import { version as tensorflowVersion } from "../setup/tensorflow-wheels.mjs";

const require = createRequire(import.meta.url);

/**
 * @typedef {object} Finding
 * @property {string} label
 * @property {string} value
 * @property {boolean} [broken] the course cannot run without it
 */

const FEATURES = /** @type {const} */ ([
  ["avx2", "AVX2"],
  ["avx512f", "AVX-512"],
  ["avx512_bf16", "AVX-512 bf16"],
  ["amx_bf16", "AMX bf16"],
  ["asimd", "NEON"],
  ["bf16", "bf16"],
]);

/** @returns {string} what the processor can do fast */
function processorFeatures() {
  try {
    const flags =
      readFileSync("/proc/cpuinfo", "utf8")
        .match(/^(?:flags|Features)\s*:\s*(.*)$/m)?.[1]
        .split(" ") ?? [];
    return FEATURES.filter(([flag]) => flags.includes(flag))
      .map(([, name]) => name)
      .join(", ");
  } catch {
    return "";
  }
}

/** @param {string} command @param {string[]} args @returns {string | undefined} what it prints, when it succeeds */
function output(command, args, env = jupyterEnvironment()) {
  const { status, stdout } = spawnSync(command, args, {
    encoding: "utf8",
    env,
    timeout: 30_000,
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** @returns {Finding[]} */
function device() {
  const [{ model = "unknown" } = {}] = cpus();
  const features = processorFeatures();
  const gpu = output("nvidia-smi", ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]);
  return [
    { label: "processor", value: `${model.trim()}, ${cpus().length} cores${features && ` (${features})`}` },
    { label: "memory", value: `${(totalmem() / 1e9).toFixed(1)} GB` },
    { label: "GPU", value: gpu ?? "no NVIDIA GPU" },
    { label: "free disk", value: `${(freeMegabytes() / 1000).toFixed(1)} GB` },
    { label: "Node", value: process.versions.node },
  ];
}

/** @param {string} label @param {string} program @returns {Finding} */
function application(label, program) {
  const version = output(program, ["--version"]);
  return { label, value: version ?? `${program} does not run`, broken: version === undefined };
}

/**
 * Whether Jupyter finds the kernel.
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {Finding}
 */
export function kernel(environment = jupyterEnvironment()) {
  const python = join(paths.pipxHome, "venvs", "jupyterlab", "bin", "python");
  const listed = output(python, ["-m", "jupyter_client.kernelspecapp", "list", "--json"], environment);
  const { kernelspecs = {} } = listed ? JSON.parse(listed) : {};
  const found = kernelspecs.typescript;
  return {
    label: "kernel",
    value: found ? `${found.spec.display_name} (${found.resource_dir})` : "Jupyter does not find it",
    broken: !found,
  };
}

/** @param {import("../setup/backend-choice.mjs").Choice} choice @returns {Promise<Finding[]>} */
async function tensors(choice) {
  const chosen = {
    label: "backend",
    value: `${nameOf(choice)}, because ${choice.reason}`,
  };
  try {
    const { tf, measureGflops } = require(paths.distLib);
    await tf.ready();
    const loaded = tf.getBackend();
    const asChosen = (loaded === "tensorflow") === (choice.backend === "native");
    const binding = tf.backend().binding;
    const speed = await measureGflops({ seconds: 1 });
    return [
      {
        ...chosen,
        broken: !asChosen,
        value: asChosen ? chosen.value : `${chosen.value}, but the library uses ${loaded}`,
      },
      ...(choice.cure ? [{ label: "", value: `${WASM_COST} For the native library: ${choice.cure}.` }] : []),
      { label: "TensorFlow.js", value: tf.version_core ?? tf.version["tfjs-core"] },
      ...(binding ? [{ label: "TensorFlow", value: binding.TF_Version ?? tensorflowVersion }] : []),
      { label: "matMul", value: `${speed.matMul.toFixed(0)} GFLOP/s` },
      { label: "conv2d", value: `${speed.conv2d.toFixed(0)} GFLOP/s` },
    ];
  } catch (error) {
    return [
      chosen,
      { label: "tensors", value: `do not run: ${/** @type {Error} */ (error).message}`, broken: true },
    ];
  }
}

/** @param {Finding} finding */
function print({ label, value, broken }) {
  process.stdout.write(`${broken ? "✗" : " "} ${label.padEnd(14)} ${value}\n`);
}

/**
 * Prints what was found, and the verdict.
 * @param {Finding[]} findings
 * @returns {number} exit code: 0 when the course can run
 */
export function report(findings) {
  findings.forEach(print);
  const broken = findings.some((finding) => finding.broken);
  process.stdout.write(
    broken
      ? "\nThe course cannot run yet. Delete .cache/setup and run `npm run doctor` again; that repeats every step.\n"
      : "\nThe course can run here.\n",
  );
  return broken ? 1 : 0;
}

/** @type {import("./main.mjs").Command["run"]} */
export async function run(_args, choice) {
  return report([
    ...device(),
    application("JupyterLab", paths.jupyterLab),
    application("nbconvert", paths.nbconvert),
    kernel(),
    ...(await tensors(choice)),
  ]);
}
