// @ts-check
/** Set-up: everything between a fresh clone and a running course, each part once. */
import { join } from "node:path";

import { chooseBackend, machineFacts, WASM_COST } from "./backend-choice.mjs";
import { paths } from "./environment.mjs";
import { explain } from "./explain.mjs";
import { acquireLock } from "./lock.mjs";
import { preflight } from "./preflight.mjs";
import { duration, showTask } from "./progress.mjs";
import { CommandError, signalChildren } from "./process.mjs";
import { pendingSteps, runSteps } from "./runner.mjs";
import { addon, placeAddon } from "./steps/addon.mjs";
import { backend } from "./steps/backend.mjs";
import { kernel, library } from "./steps/build.mjs";
import { gitFilter } from "./steps/git-filter.mjs";
import { nodeModules } from "./steps/node-modules.mjs";
import { jupyterlab, nbconvert, python, testTools } from "./steps/python.mjs";
import { tensorflow } from "./steps/tensorflow.mjs";

/** @typedef {import("./backend-choice.mjs").Choice} Choice @typedef {import("./runner.mjs").Step} Step */

/** @param {Choice} choice @returns {Step[]} */
export function stepsFor(choice) {
  const { variant } = choice;
  const native = variant === "wasm" ? [] : [tensorflow(variant), addon(variant), placeAddon(variant)];
  return [
    nodeModules,
    python,
    jupyterlab,
    nbconvert,
    testTools,
    ...native,
    backend(choice),
    library,
    kernel,
    gitFilter,
  ];
}

/** @param {string} text */
const say = (text) => process.stderr.write(`${text}\n`);

/**
 * Does what is still to be done; nothing, in a few milliseconds, when all is there.
 * @returns {Promise<Choice>} the TensorFlow that runs the tensors
 * @throws {import("./problem.mjs").Problem}
 */
export async function setUp() {
  const choice = chooseBackend(machineFacts());
  const steps = stepsFor(choice);
  const pending = pendingSteps(steps, paths.stepRecords);
  if (pending.length > 0) await perform(steps, pending, choice);
  return choice;
}

/** @param {Step[]} steps @param {Step[]} pending @param {Choice} choice */
async function perform(steps, pending, choice) {
  preflight(pending);
  const start = Date.now();
  const lock = await acquireLock(join(paths.setupState, "lock"), {
    onWait: ({ pid }) => say(`Another set-up is running (process ${pid}); waiting for it.`),
  });
  const stopListening = onInterrupt(() => {
    signalChildren("SIGTERM");
    lock.release();
    say("\nSet-up was interrupted. Run the same command again to go on from here.");
  });
  say(`Set-up (${pending.length} of ${steps.length} steps; what it installs stays in this folder):`);
  let title = "";
  try {
    await runSteps(steps, paths.stepRecords, (step) => {
      title = step.title;
      return { ...showTask(title), started: lock.running };
    });
  } catch (error) {
    throw error instanceof CommandError ? explain(title, error) : error;
  } finally {
    stopListening();
    lock.release();
  }
  say(`Set-up took ${duration((Date.now() - start) / 1000)}.`);
  if (choice.cure) sayWasm(choice);
}

/** @param {Choice} choice wasm, though it was not asked for */
export function sayWasm({ reason, cure }) {
  say(
    `\nThe tensors run on WebAssembly, because ${reason}.\n${WASM_COST}\nFor the native library: ${cure}, then run this again.\n`,
  );
}

/**
 * Ends the process after a last act.
 * @param {() => void} act
 * @returns {() => void} stops listening
 */
function onInterrupt(act) {
  /** @type {NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  const end = () => {
    act();
    process.exit(130);
  };
  for (const signal of signals) process.once(signal, end);
  return () => signals.forEach((signal) => process.off(signal, end));
}
