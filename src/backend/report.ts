import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import type { Backend } from "./choice";
import { nativeBackend } from "./native";
import { backendChoice, tf } from "./tf";

/** What computes the tensors. */
export interface DeviceReport {
  readonly backend: Backend;
  /** Why this backend was chosen. */
  readonly reason: string;
  /** Version of the TensorFlow library; of TensorFlow.js on wasm. */
  readonly tensorflow: string;
  /** Model of the processor. */
  readonly cpu: string;
  /** Logical cores that Node may use. On wasm, one of them does the work. */
  readonly cores: number;
  /** Model of the graphics card if it computes the tensors. */
  readonly gpu: string | undefined;
}

/** The device that computes the tensors, and why. */
export function deviceReport(): DeviceReport {
  const native = nativeBackend();
  return {
    backend: backendChoice.backend,
    reason: backendChoice.reason,
    tensorflow: native ? native.binding.TF_Version : `TensorFlow.js ${tf.version_core}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    gpu: native?.isUsingGpuDevice ? gpuModel() : undefined,
  };
}

/** The NVIDIA driver's own words; empty elsewhere. */
function gpuModel(): string {
  const folder = "/proc/driver/nvidia/gpus";
  try {
    const text = readFileSync(join(folder, readdirSync(folder)[0], "information"), "utf8");
    return /^Model:\s*(.+)$/m.exec(text)?.[1] ?? "GPU";
  } catch {
    return "GPU";
  }
}
