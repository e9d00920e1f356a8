/** TensorFlow.js's own core suite on this project's native backend; bundled and started by run-suite.mjs. */
import { writeFileSync } from "node:fs";
import { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util";
import Jasmine from "jasmine";
import { tf } from "../../src/backend";

/** One spec's name, and what went wrong (empty if nothing). */
export interface Outcome {
  readonly name: string;
  readonly failures: readonly string[];
}

interface SpecResult {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string }[];
}

const outcomes: Outcome[] = [];
const runner = new Jasmine();
runner.exitOnCompletion = false;
runner.clearReporters();
runner.randomizeTests(false);
runner.addReporter({
  specDone({ fullName, status, failedExpectations }: SpecResult) {
    if (status === "excluded" || status === "pending") return;
    outcomes.push({ name: fullName, failures: failedExpectations.map(({ message }) => message) });
  },
});

// The name that tfjs-node gives its own run, so that both speak of the same specs.
setTestEnvs([{ name: "test-tensorflow", backendName: tf.getBackend(), flags: {}, isDataSync: true }]);
// Only now: the specs ask for jasmine and their environment while they load.
// eslint-disable-next-line @typescript-eslint/no-require-imports
require("@tensorflow/tfjs-core/dist/tests");

void runner.execute().then(() => {
  writeFileSync(process.argv[2], JSON.stringify(outcomes));
});
