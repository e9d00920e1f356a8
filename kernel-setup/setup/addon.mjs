// @ts-check
/** Where TensorFlow's library and the addon built against it lie. */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

import { paths, root } from "./environment.mjs";
import { version } from "./tensorflow-wheels.mjs";

/** The npm package that binds TensorFlow's C API. Its own install script, which downloads an old one, is not run. */
export const bindingPackage = join(root, "node_modules", "@tensorflow", "tfjs-node-gpu");

/** Where that package looks for its addon. */
export const placedAddons = join(bindingPackage, "lib", "napi-v8");
export const placedAddon = join(placedAddons, "tfjs_binding.node");

/** @param {string} variant the folder of a variant's library and headers, laid out as in the wheel */
export const libraryFolder = (variant) => join(paths.tensorflow, `${variant}-${version}`);

/** @param {string} variant kept outside node_modules, which `npm ci` wipes */
export const builtAddons = (variant) => join(libraryFolder(variant), "addons");

/** The two libraries under the names they have on this system. */
export const libraryNames =
  process.platform === "darwin"
    ? ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"]
    : ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];

/** The sources of our own addons, by the addon's name. */
export const ownSources = {
  "quiet_start.node": join(root, "src", "backend", "quiet-start.cc"),
  "kernels.node": join(root, "src", "backend", "kernels.cc"),
};

/** Addons that only make the library faster: where the compiler cannot build one, set-up goes on without it. */
export const optionalAddons = ["kernels.node"];

/**
 * The compiler calls that build the addons, by name. Their run paths are relative, so the project's folder may be moved
 * or renamed. `quiet_start` keeps TensorFlow's notes at its start off the terminal; only Linux has the linker option
 * that lets it come first. `kernels` adds operations of our own to TensorFlow's.
 * @param {string} variant
 * @param {string} folder where the addons are written
 * @returns {Record<string, string[]>}
 */
export function compilerCalls(variant, folder) {
  const library = join(libraryFolder(variant), "tensorflow");
  const libraries = libraryNames.map((name) => join(library, name));
  const binding = join(bindingPackage, "binding");
  const mac = process.platform === "darwin";
  const origin = mac ? "@loader_path" : "$ORIGIN";
  const common = [
    ...["-O2", "-std=c++17", "-shared", "-fPIC", "-DNAPI_VERSION=8", "-w"],
    ...(mac ? ["-undefined", "dynamic_lookup"] : []),
    ...["-I", join(root, "node_modules", "node-api-headers", "include")],
    ...["-I", bindingPackage, "-I", join(library, "include"), "-I", binding],
    `-Wl,-rpath,${origin}/${relative(placedAddons, library)}`,
  ];
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((source) => join(binding, source));
  const quiet = [ownSources["quiet_start.node"], libraries[1], "-Wl,-z,initfirst"];
  // Without the errors of arithmetic, which nobody reads, more can be computed in vectors.
  const fast = ["-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math"];
  const kernels = [...fast, ownSources["kernels.node"], libraries[1], ...(mac ? [] : ["-pthread", "-ldl"])];
  return {
    "tfjs_binding.node": [...common, ...sources, ...libraries, "-o", join(folder, "tfjs_binding.node")],
    ...(mac ? {} : { "quiet_start.node": [...common, ...quiet, "-o", join(folder, "quiet_start.node")] }),
    "kernels.node": [...common, ...kernels, "-o", join(folder, "kernels.node")],
  };
}

/** @returns {string} the version of the binding package, once it is installed */
export function bindingVersion() {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return lock.packages["node_modules/@tensorflow/tfjs-node-gpu"].version;
}
