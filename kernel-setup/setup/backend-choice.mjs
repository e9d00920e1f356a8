// @ts-check
/** Which TensorFlow runs the tensors, and why. */
import { existsSync } from "node:fs";

import { builtAddons } from "./addon.mjs";
import { Problem } from "./problem.mjs";
import { findCompiler } from "./programs.mjs";
import { wheelsFor } from "./tensorflow-wheels.mjs";

/**
 * @typedef {"cpu" | "gpu" | "wasm"} Variant
 *
 * @typedef {object} Choice
 * @property {"native" | "wasm"} backend
 * @property {Variant} variant
 * @property {string} reason
 * @property {string} [cure] how to get the native one, when wasm was not asked for
 *
 * @typedef {object} Facts
 * @property {string | undefined} wish COURSE_TENSORFLOW
 * @property {string} platform process.platform
 * @property {string} arch process.arch
 * @property {boolean} glibc whether programs run on the GNU C library (Linux)
 * @property {boolean} nvidia whether an NVIDIA driver is present
 * @property {boolean} compiler whether a C++ compiler is present
 * @property {(variant: Variant) => boolean} built whether the addon for a variant is already built
 */

/** What going without the native library costs, in the user's terms. */
export const WASM_COST =
  "Training and sampling run several times slower, on the processor only; everything else works.";

/** @param {Choice} choice */
export const nameOf = ({ backend, variant }) => (backend === "native" ? `native (${variant})` : backend);

const installCompiler = {
  linux: "install g++ (on Debian and Ubuntu: sudo apt-get install g++)",
  darwin: "run `xcode-select --install`",
};

/** @returns {Facts} of this machine */
export function machineFacts() {
  return {
    wish: process.env.COURSE_TENSORFLOW || undefined,
    platform: process.platform,
    arch: process.arch,
    glibc: !existsSync("/etc/alpine-release"),
    nvidia: existsSync("/proc/driver/nvidia/version") || existsSync("/usr/bin/nvidia-smi"),
    compiler: findCompiler() !== undefined,
    built: (variant) => existsSync(builtAddons(variant)),
  };
}

/**
 * @param {Facts} facts
 * @returns {Choice}
 * @throws {Problem} when COURSE_TENSORFLOW asks for something that does not exist
 */
export function chooseBackend({ wish, platform, arch, glibc, nvidia, compiler, built }) {
  if (wish !== undefined && !["cpu", "gpu", "wasm"].includes(wish)) {
    throw new Problem(
      `COURSE_TENSORFLOW is "${wish}".`,
      "Set it to cpu, gpu or wasm, or leave it unset for the best that this machine can do.",
    );
  }
  if (wish === "wasm") return { backend: "wasm", variant: "wasm", reason: "COURSE_TENSORFLOW=wasm" };
  const machine = `${platform} ${arch}${platform === "linux" && !glibc ? " without the GNU C library" : ""}`;
  const hasWheel = (/** @type {Variant} */ variant) =>
    wheelsFor(variant, platform, arch) !== undefined && (platform !== "linux" || glibc);
  if (wish === "gpu" && !hasWheel("gpu")) {
    throw new Problem(
      `COURSE_TENSORFLOW is gpu, but there is no TensorFlow with CUDA for ${machine}.`,
      "Leave COURSE_TENSORFLOW unset.",
    );
  }
  if (!hasWheel("cpu")) {
    return {
      backend: "wasm",
      variant: "wasm",
      reason: `TensorFlow has no ready-made library for ${machine}`,
      cure: "use Linux (x86-64 or arm64, with the GNU C library) or a Mac with an Apple processor",
    };
  }
  const variant = wish === "gpu" || (wish === undefined && nvidia && hasWheel("gpu")) ? "gpu" : "cpu";
  if (!compiler && !built(variant)) {
    return {
      backend: "wasm",
      variant: "wasm",
      reason: "no C++ compiler was found (looked for $CXX, g++, clang++, c++)",
      cure: platform === "darwin" ? installCompiler.darwin : installCompiler.linux,
    };
  }
  return { backend: "native", variant, reason: nativeReason(variant, wish, nvidia) };
}

/** @param {Variant} variant @param {string | undefined} wish @param {boolean} nvidia */
function nativeReason(variant, wish, nvidia) {
  if (wish) return `COURSE_TENSORFLOW=${wish}`;
  if (variant === "gpu") return "an NVIDIA driver is present";
  return nvidia ? "there is no TensorFlow with CUDA for this system" : "no NVIDIA driver is present";
}
