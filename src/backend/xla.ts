import { existsSync, readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { root } from "../root";

/** Tells XLA, before TensorFlow is loaded, where to keep what it has compiled, so that the long first compilation is paid
 * once for all runs; and, for GPUs, where set-up has put CUDA's assembler. The user's own flags come last and win. */
export function configureXla(): void {
  // Machine code is of use on machines of one kind only.
  const machine = (cpus()[0]?.model ?? "processor").replace(/\W+/g, "-");
  const folder = join(root, ".cache", "xla", machine);
  prepend("TF_XLA_FLAGS", `--tf_xla_persistent_cache_directory='${folder}'`);
  const cuda = cudaFolder();
  if (cuda) prepend("XLA_FLAGS", `--xla_gpu_cuda_data_dir='${cuda}'`);
}

function prepend(name: string, flag: string): void {
  process.env[name] = [flag, process.env[name]].filter(Boolean).join(" ");
}

/** The folder with `bin/ptxas` and `nvvm/libdevice` of the GPU wheels. */
function cudaFolder(): string | undefined {
  const builds = join(root, ".cache", "tensorflow");
  if (!existsSync(builds)) return undefined;
  const gpu = readdirSync(builds).find((name) => name.startsWith("gpu-"));
  const folder = gpu && join(builds, gpu, "nvidia", "cuda_nvcc");
  return folder && existsSync(folder) ? folder : undefined;
}
