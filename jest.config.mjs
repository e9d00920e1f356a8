/** @type {import("jest").Config["transform"]} */
const transform = {
  "\\.(ts|mjs)$": [
    "@swc/jest",
    {
      jsc: { parser: { syntax: "typescript" }, target: "es2022" },
      module: { type: "commonjs" },
      sourceMaps: "inline",
    },
  ],
};

/**
 * One kind of test: the files `*.test.ts` below test/<name>.
 * @param {string} name
 * @param {import("jest").Config} options
 */
const project = (name, options = {}) => ({
  displayName: name,
  rootDir: import.meta.dirname,
  roots: [`<rootDir>/test/${name}`],
  testMatch: ["**/*.test.ts"],
  moduleFileExtensions: ["ts", "mjs", "js", "cjs", "json", "node"],
  moduleNameMapper: { "^diffusion$": "<rootDir>/src/index.ts" },
  modulePathIgnorePatterns: ["<rootDir>/dist", "<rootDir>/.cache", "<rootDir>/.venv"],
  testEnvironment: "<rootDir>/test/environment.cjs",
  // TensorFlow.js keeps its engine on the global object, and frees tensors after a test file has ended.
  testEnvironmentOptions: { globalsCleanup: "off" },
  transform,
  ...options,
});

/** These run what set-up has built, through Jupyter or a browser. */
const slow = { setupFilesAfterEnv: ["<rootDir>/test/slow.cjs"] };

/** @type {import("jest").Config} */
export default {
  // Two at a time: the course promises to work on two cores.
  maxWorkers: 2,
  testTimeout: 60_000,
  testSequencer: "<rootDir>/test/sequencer.cjs",
  projects: [
    project("unit"),
    project("tensorflow", slow),
    project("kernel", slow),
    project("notebooks", slow),
    project("browser", slow),
    project("setup", slow),
  ],
};
