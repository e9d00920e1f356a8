import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../root";

/** What computes the tensors: the TensorFlow library of this machine, or WebAssembly inside Node. */
export type Backend = "native" | "wasm";

/** Which backend to use, and why. */
export interface BackendChoice {
  readonly backend: Backend;
  /** Build of TensorFlow, as set-up names it: `cpu` or `gpu`; empty on wasm. */
  readonly variant: string;
  readonly reason: string;
  /** Whether the user asked for just this one, so that another must not take its place. */
  readonly forced: boolean;
}

const file = join(root, ".cache", "setup", "backend.json");

/** The user's choice (variable COURSE_BACKEND), else set-up's (.cache/setup/backend.json), else native.
 * @throws RangeError if COURSE_BACKEND is neither `native` nor `wasm` */
export function chooseBackend(): BackendChoice {
  const wish = process.env.COURSE_BACKEND;
  const found = setupChoice();
  if (!wish) return found;
  if (wish !== "native" && wish !== "wasm") {
    throw new RangeError(`COURSE_BACKEND is "${wish}"; use "native" or "wasm", or leave it unset.`);
  }
  const variant = wish === found.backend ? found.variant : "";
  return { backend: wish, variant, reason: `COURSE_BACKEND=${wish}`, forced: true };
}

function setupChoice(): BackendChoice {
  if (!existsSync(file)) {
    return { backend: "native", variant: "", reason: "set-up has left no choice", forced: false };
  }
  const { backend, variant, reason } = JSON.parse(readFileSync(file, "utf8")) as Partial<BackendChoice>;
  return {
    backend: backend === "wasm" ? "wasm" : "native",
    variant: variant ?? "",
    reason: reason ?? "chosen by set-up",
    forced: false,
  };
}
