import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import util from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend";
import type { TFJSBinding } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding";
import { configureXla } from "./xla";

const name = "tensorflow";

/** Runs all tensors on the TensorFlow library that set-up has built the addon against.
 * tfjs-node's own entry point does the same, and searches for the addon with a package for downloads: 0.1 s more.
 * @throws Error if the addon is not built or TensorFlow cannot be loaded */
export function startNative(): void {
  keepRemovedHelpers();
  const binding = loadBinding();
  /* eslint-disable @typescript-eslint/no-require-imports -- only this backend may load them */
  require("@tensorflow/tfjs-node-gpu/dist/register_all_kernels");
  const { NodeJSKernelBackend } =
    require("@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend") as typeof import("@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend");
  /* eslint-enable @typescript-eslint/no-require-imports */
  const backend = new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node-gpu");
  tf.registerBackend(name, () => backend, 3);
  void tf.setBackend(name);
  started = backend;
  loadOperations();
}
let started: NodeJSKernelBackend | undefined;

/** The native backend, or undefined where another one runs the tensors. */
export function nativeBackend(): NodeJSKernelBackend | undefined {
  return tf.getBackend() === name ? started : undefined;
}

/** Whether TensorFlow has the operations of kernels.cc. Set-up leaves them out where they cannot be built. */
export function hasOwnOperations(): boolean {
  return ownOperations && nativeBackend() !== undefined;
}
let ownOperations = false;

/** They join TensorFlow's, for the whole process. */
function loadOperations(): void {
  const addon = addonFile("kernels.node");
  if (!existsSync(addon)) return;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a native addon
  require(addon);
  ownOperations = true;
}

function loadBinding(): TFJSBinding {
  const addon = addonFile("tfjs_binding.node");
  if (!existsSync(addon)) throw new Error("its addon has not been built");
  hushStart();
  configureXla();
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a native addon
  return require(addon) as TFJSBinding;
}

/** Keeps TensorFlow's notes at its start off stderr, and all its warnings and errors on, unless the user has set a
 * level. The variable is read too late for the first notes; quiet-start.cc, where it is built, comes before them. */
function hushStart(): void {
  if (process.env.TF_CPP_MIN_LOG_LEVEL !== undefined) return;
  process.env.TF_CPP_MIN_LOG_LEVEL = "1";
  const addon = addonFile("quiet_start.node");
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a native addon
  if (existsSync(addon)) require(addon);
}

function addonFile(name: string): string {
  const folder = dirname(require.resolve("@tensorflow/tfjs-node-gpu/package.json"));
  return join(folder, "lib", "napi-v8", name);
}

/** tfjs-node 4.22 calls two helpers of `util` that newer Node warns about (`isArray`) or no longer has. */
function keepRemovedHelpers(): void {
  Object.assign(util, {
    isArray: (value: unknown) => Array.isArray(value),
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
}
