import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { nativeBackend } from "./native";

/** The units for bfloat16 of the device that runs the tensors, such as "AVX-512"; undefined where there are none, and
 * float32 is faster. Of a GPU it is assumed: NVIDIA's have them since 2020 (compute capability 8.0). */
export function bfloat16Units(): string | undefined {
  const backend = nativeBackend();
  if (!backend) return undefined;
  return backend.isUsingGpuDevice ? "GPU" : (processorUnits ??= findUnits());
}
let processorUnits: string | undefined;

/** Of the numbers between which a network computes. `bfloat16` has 8 bits of precision, `float32` 24. */
export type Precision = "float32" | "bfloat16";

/** The precision in which this device computes a network sooner: `bfloat16` where it has units for it. */
export function fasterPrecision(): Precision {
  return bfloat16Units() ? "bfloat16" : "float32";
}

const names: readonly (readonly [RegExp, string])[] = [
  [/\bamx_bf16\b/, "AMX"],
  [/\bavx512_bf16\b/, "AVX-512"],
  [/^Features.*\bbf16\b/m, "Arm"],
  [/FEAT_BF16: 1/, "Arm"],
];

function findUnits(): string | undefined {
  const features = processorFeatures();
  return names.find(([pattern]) => pattern.test(features))?.[1];
}

function processorFeatures(): string {
  if (existsSync("/proc/cpuinfo")) return readFileSync("/proc/cpuinfo", "utf8");
  if (process.platform !== "darwin") return "";
  return execFileSync("sysctl", ["hw.optional.arm.FEAT_BF16"], { encoding: "utf8" });
}

let hasWarned = false;

/** Says once that bfloat16 is no gain here. */
export function warnWithoutUnits(): void {
  if (hasWarned || bfloat16Units()) return;
  hasWarned = true;
  console.warn("This device has no units for bfloat16: a step compiled with it is slower than with float32.");
}
