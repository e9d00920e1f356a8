import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

const name = "wasm";
const files = "@tensorflow/tfjs-backend-wasm/wasm-out";

/** What the compiled C++ of TensorFlow.js's wasm backend offers to its JavaScript. */
type WasmModule = ConstructorParameters<typeof BackendWasm>[0] & {
  cwrap(
    name: string,
    result: "number" | null,
    parameters: readonly "number"[],
  ): (...args: number[]) => number;
};

type Instance = { readonly exports: object };

/** Part of Node, but typed only in the browser's library. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => Instance;
};

/** Emscripten's loader: fills in the object it is given. */
type Loader = (module: {
  instantiateWasm(imports: object, done: (instance: Instance) => void): object;
}) => unknown;

/** Runs all tensors on WebAssembly (one core, with SIMD).
 * The package's own start is asynchronous, so that an `import` could not promise a ready backend, and it leaves
 * behind listeners that turn every unhandled error into the end of the process. */
export function startWasm(): void {
  /* eslint-disable @typescript-eslint/no-require-imports -- only this backend may load them */
  const { BackendWasm } =
    require("@tensorflow/tfjs-backend-wasm") as typeof import("@tensorflow/tfjs-backend-wasm");
  const load = require(`${files}/tfjs-backend-wasm.js`) as Loader;
  /* eslint-enable @typescript-eslint/no-require-imports */
  tf.removeBackend(name);
  tf.registerBackend(name, () => new BackendWasm(instantiate(load)), 2);
  void tf.setBackend(name);
}

function instantiate(load: Loader): WasmModule {
  const code = readFileSync(require.resolve(`${files}/tfjs-backend-wasm-simd.wasm`));
  const module = {
    instantiateWasm(imports: object, done: (instance: Instance) => void): object {
      const instance = new WebAssembly.Instance(new WebAssembly.Module(code), imports);
      done(instance);
      return instance.exports;
    },
  };
  withoutNewListeners(() => void load(module));
  return withBridge(module as unknown as WasmModule);
}

/** The functions that `BackendWasm` itself calls; each kernel binds its own. */
function withBridge(module: WasmModule): WasmModule {
  module.tfjs = {
    init: module.cwrap("init", null, []),
    initWithThreadsCount: module.cwrap("init_with_threads_count", null, ["number"]),
    getThreadsCount: module.cwrap("get_threads_count", "number", []),
    registerTensor: module.cwrap("register_tensor", null, ["number", "number", "number"]),
    disposeData: module.cwrap("dispose_data", null, ["number"]),
    dispose: module.cwrap("dispose", null, []),
  };
  return module;
}

function withoutNewListeners(action: () => void): void {
  const events = ["uncaughtException", "unhandledRejection"];
  const before = events.map((event) => process.listeners(event as "exit"));
  action();
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as "exit")) {
      if (!before[i].includes(listener)) process.removeListener(event, listener);
    }
  });
}
