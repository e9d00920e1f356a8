// @ts-check
/** Where everything lies, and the environment of the programs that are started. */
import { dirname, delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

const cache = join(root, ".cache");
const venv = join(root, ".venv");
const jupyter = join(cache, "jupyter");
const pipxBin = join(venv, "pipx", "bin");

/** Absolute paths that set-up fills and the commands and tests read. */
export const paths = {
  root,
  cache,
  venv,
  python: join(venv, "bin", "python"),
  pipxHome: join(venv, "pipx"),
  pipxBin,
  jupyterLab: join(pipxBin, "jupyter-lab"),
  nbconvert: join(pipxBin, "jupyter-nbconvert"),
  /** Python with jupyter_kernel_test, nbclient and ipykernel: for tests and benchmarks, not for the course. */
  testPython: join(venv, "test", "bin", "python"),
  jupyter,
  kernelSetup: join(root, "kernel-setup"),
  kernelspec: join(root, "kernel-setup", "kernels", "typescript"),
  notebooks: join(root, "notebooks"),
  slides: join(root, "slides"),
  distLib: join(root, "dist", "lib"),
  distKernel: join(root, "dist", "kernel"),
  tensorflow: join(cache, "tensorflow"),
  /** What the library reads to know which TensorFlow runs the tensors. */
  backend: join(cache, "setup", "backend.json"),
  setupState: join(cache, "setup"),
  /** One record for each step of set-up that succeeded. */
  stepRecords: join(cache, "setup", "steps"),
  tmp: join(cache, "tmp"),
};

/** Caches and state of the tools, kept inside the project so that HOME may be empty or read-only. */
const caches = {
  npm_config_cache: join(cache, "npm"),
  npm_config_update_notifier: "false",
  PIP_CACHE_DIR: join(cache, "pip"),
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  PIPX_HOME: paths.pipxHome,
  PIPX_BIN_DIR: pipxBin,
  PIPX_MAN_DIR: join(paths.pipxHome, "man"),
  PIPX_COMPLETION_DIR: join(paths.pipxHome, "completions"),
  PYTHONNOUSERSITE: "1",
  MPLCONFIGDIR: join(cache, "matplotlib"),
  XDG_CACHE_HOME: join(cache, "xdg", "cache"),
  XDG_DATA_HOME: join(cache, "xdg", "data"),
  XDG_STATE_HOME: join(cache, "xdg", "state"),
};

/** Variables by which another Python or Node set-up of the user's would leak in. */
const foreign = [
  "PYTHONHOME",
  "PYTHONPATH",
  "VIRTUAL_ENV",
  "NODE_OPTIONS",
  "NODE_PATH",
  "JUPYTER_CONFIG_PATH",
];

/**
 * The user's environment with every cache inside the project and this very Node first on the path.
 * XDG_CONFIG_HOME stays the user's: pip reads its mirrors there and writes nothing.
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment() {
  /** @type {NodeJS.ProcessEnv} */
  const environment = { ...process.env, ...caches };
  for (const name of foreign) delete environment[name];
  environment.PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  return environment;
}

/**
 * For installers: also keeps their temporary files, which are large, inside the project.
 * @returns {NodeJS.ProcessEnv}
 */
export function installEnvironment() {
  // pip asks for the version of rustc, and rustup's stand-in for it makes a folder at its first call.
  return { ...toolEnvironment(), TMPDIR: paths.tmp, RUSTUP_HOME: join(cache, "rustup") };
}

/**
 * For JupyterLab, nbconvert and any client of the kernel: the project's kernelspec, and settings, data and
 * connection files under .cache/jupyter.
 * @returns {NodeJS.ProcessEnv}
 */
export function jupyterEnvironment() {
  const environment = toolEnvironment();
  return {
    ...environment,
    PATH: [pipxBin, environment.PATH].join(delimiter),
    XDG_CONFIG_HOME: join(cache, "xdg", "config"),
    JUPYTER_PATH: paths.kernelSetup,
    // The course's defaults; what the user changes goes into the folders below.
    JUPYTER_CONFIG_PATH: join(paths.kernelSetup, "jupyter"),
    JUPYTER_CONFIG_DIR: join(jupyter, "config"),
    JUPYTER_DATA_DIR: join(jupyter, "data"),
    JUPYTER_RUNTIME_DIR: join(jupyter, "runtime"),
    JUPYTERLAB_SETTINGS_DIR: join(jupyter, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(jupyter, "workspaces"),
    IPYTHONDIR: join(jupyter, "ipython"),
    JUPYTER_PLATFORM_DIRS: "1",
  };
}
