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
  transform,
  ...options,
});

const minutes = 60_000;

/** @type {import("jest").Config} */
export default {
  // Two at a time: the course promises to work on two cores.
  maxWorkers: 2,
  projects: [
    project("unit", { testTimeout: 30_000 }),
    project("tensorflow", { testTimeout: 2 * minutes }),
    // These run what set-up has built, through Jupyter or a browser.
    project("kernel", { testTimeout: 10 * minutes }),
    project("notebooks", { testTimeout: 10 * minutes }),
    project("browser", { testTimeout: 10 * minutes }),
    project("setup", { testTimeout: 10 * minutes }),
  ],
};
