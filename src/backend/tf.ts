import * as tf from "@tensorflow/tfjs-core";
import type {} from "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
import { chooseBackend, type BackendChoice } from "./choice";
import { startNative } from "./native";
import { startWasm } from "./wasm";

// Operations as methods, `x.mul(y)`, and all gradients. By `require`, which leaves no trace in the declarations:
// TypeScript takes a second to read the types of the whole package.
// eslint-disable-next-line @typescript-eslint/no-require-imports
require("@tensorflow/tfjs");

/** The TensorFlow.js namespace. Its backend is ready as soon as it is imported. */
export { tf };

const cure = "`npm run doctor` says what is missing; `npm start` sets it up again.";

/** The backend that runs the tensors, and why. */
export const backendChoice: BackendChoice = start(chooseBackend());

function start(choice: BackendChoice): BackendChoice {
  if (choice.backend === "wasm") {
    startWasm();
    return choice;
  }
  try {
    startNative();
    return choice;
  } catch (error) {
    if (choice.forced) throw new Error(`The native TensorFlow cannot be used: ${message(error)}. ${cure}`);
    startWasm();
    const reason = `the native TensorFlow cannot be used: ${message(error)}`;
    console.warn(`Tensors run on WebAssembly, many times slower: ${reason}. ${cure}`);
    return { backend: "wasm", variant: "", reason, forced: false };
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
