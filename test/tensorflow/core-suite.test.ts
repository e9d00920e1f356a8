import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deviceReport } from "diffusion";
import { exceptions } from "./exceptions";
import type { Outcome } from "./suite";

/** Runs the suite in a process of its own: jasmine and jest define the same globals. */
function runSuite(): Outcome[] {
  const folder = mkdtempSync(join(tmpdir(), "tensorflow-suite-"));
  try {
    const file = join(folder, "outcomes.json");
    execFileSync(process.execPath, [join(__dirname, "run-suite.mjs"), file], { stdio: "pipe" });
    return JSON.parse(readFileSync(file, "utf8")) as Outcome[];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const covers = (pattern: string, name: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

const listed = exceptions.flatMap(({ specs }) => specs);

/** The suite is about the native backend; where a machine has only wasm there is nothing to hold to it. */
const describeNative = deviceReport().backend === "native" ? describe : describe.skip;

describeNative("TensorFlow.js's core suite on the native backend", () => {
  let outcomes: Outcome[] = [];
  let failed: Outcome[] = [];

  beforeAll(() => {
    outcomes = runSuite();
    failed = outcomes.filter(({ failures }) => failures.length > 0);
  });

  test("runs whole, and 3,970 of the 4,225 specs of TensorFlow.js 4.22 pass", () => {
    expect({ specs: outcomes.length, passed: outcomes.length - failed.length }).toEqual({
      specs: 4225,
      passed: 3970,
    });
  });

  test("passes but for the listed exceptions", () => {
    const unexpected = failed.filter(({ name }) => !listed.some((pattern) => covers(pattern, name)));
    expect(unexpected.map(({ name, failures }) => `${name}: ${failures[0]}`)).toEqual([]);
  });

  test("fails in every listed exception, so that the list stays true", () => {
    const passing = listed.filter((pattern) => !failed.some(({ name }) => covers(pattern, name)));
    expect(passing).toEqual([]);
  });
});
