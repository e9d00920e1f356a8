// @ts-check
/** Where TensorFlow's library and the addon built against it lie. */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { paths, root } from "./environment.mjs";
import { version } from "./tensorflow-wheels.mjs";

/** The npm package that binds TensorFlow's C API. Its own install script, which downloads an old one, is not run. */
export const bindingPackage = join(root, "node_modules", "@tensorflow", "tfjs-node-gpu");

/** Where that package looks for its addon. */
export const placedAddon = join(bindingPackage, "lib", "napi-v8", "tfjs_binding.node");

/** @param {string} variant the folder of a variant's library and headers, laid out as in the wheel */
export const libraryFolder = (variant) => join(paths.tensorflow, `${variant}-${version}`);

/** @param {string} variant kept outside node_modules, which `npm ci` wipes */
export const builtAddon = (variant) => join(libraryFolder(variant), "tfjs_binding.node");

/** The two libraries under the names they have on this system. */
export const libraryNames =
  process.platform === "darwin"
    ? ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"]
    : ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];

/**
 * The arguments of the one compiler call that builds the addon. Its run path is relative, so the project's folder
 * may be moved or renamed.
 * @param {string} variant
 * @param {string} output
 */
export function compilerArguments(variant, output) {
  const library = join(libraryFolder(variant), "tensorflow");
  const mac = process.platform === "darwin";
  const origin = mac ? "@loader_path" : "$ORIGIN";
  const fromAddon = `${origin}/${relative(dirname(placedAddon), library)}`;
  const binding = join(bindingPackage, "binding");
  return [
    ...["-O2", "-std=c++17", "-shared", "-fPIC", "-DNAPI_VERSION=8", "-w"],
    ...(mac ? ["-undefined", "dynamic_lookup"] : []),
    ...["-I", join(root, "node_modules", "node-api-headers", "include")],
    ...["-I", bindingPackage, "-I", join(library, "include"), "-I", binding],
    ...["tfjs_backend.cc", "tfjs_binding.cc"].map((source) => join(binding, source)),
    ...["-o", output],
    ...libraryNames.map((name) => join(library, name)),
    `-Wl,-rpath,${fromAddon}`,
  ];
}

/** @returns {string} the version of the binding package, once it is installed */
export function bindingVersion() {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return lock.packages["node_modules/@tensorflow/tfjs-node-gpu"].version;
}
