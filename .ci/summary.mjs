// @ts-check
/** Prints jest's counts as one line; fails when a test failed or none ran. */
import { existsSync, readFileSync } from "node:fs";

/**
 * @typedef {object} Results of `jest --json`
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites files that could not even be loaded
 */

const [path = ""] = process.argv.slice(2);

/** @type {Results} */
const results = existsSync(path)
  ? JSON.parse(readFileSync(path, "utf8"))
  : {
      numPassedTests: 0,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
      numRuntimeErrorTestSuites: 1,
    };
const passed = results.numPassedTests;
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
const skipped = results.numPendingTests + results.numTodoTests;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
if (failed > 0 || passed === 0) process.exitCode = 1;
