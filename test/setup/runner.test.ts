/** The step runner: resumes, redoes what depends on a changed pin, and nothing else. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pendingSteps, runSteps, type Step } from "../../kernel-setup/setup/runner.mjs";

let records: string;
beforeEach(() => (records = mkdtempSync(join(tmpdir(), "steps-"))));
afterEach(() => {
  rmSync(records, { recursive: true });
});

/** A machine on which steps leave outcomes, and a log of which ran. */
function machine() {
  const outcomes = new Set<string>();
  const ran: string[] = [];
  const step = (name: string, pin: string, needs: string[] = [], act = () => {}): Step => ({
    name,
    title: name,
    needs,
    inputs: () => pin,
    done: () => outcomes.has(name),
    run: () =>
      new Promise((resolve) => {
        ran.push(name);
        act();
        outcomes.add(name);
        resolve();
      }),
  });
  return { outcomes, ran, step };
}

const quiet = () => ({ note: () => {}, bytes: () => {}, started: () => {}, end: () => {} });
const run = (steps: Step[]) => runSteps(steps, records, quiet);
const pending = (steps: Step[]) => pendingSteps(steps, records).map(({ name }) => name);

test("runs each step once, in order", async () => {
  const { ran, step } = machine();
  const steps = [step("a", "1"), step("b", "1", ["a"]), step("c", "1")];
  expect(pending(steps)).toEqual(["a", "b", "c"]);
  await run(steps);
  await run(steps);
  expect(ran).toEqual(["a", "b", "c"]);
  expect(pending(steps)).toEqual([]);
});

test("a changed pin redoes the step and what needs it, near and far, and nothing else", async () => {
  const { ran, step } = machine();
  const steps = (pin: string) => [
    step("a", pin),
    step("b", "1"),
    step("c", "1", ["a"]),
    step("d", "1", ["c"]),
  ];
  await run(steps("1"));
  ran.length = 0;
  await run(steps("2"));
  expect(ran).toEqual(["a", "c", "d"]);
});

test("a failure keeps what is done and is resumed at the failed step", async () => {
  const { ran, step } = machine();
  let broken = true;
  const fail = () => {
    if (broken) throw new Error("no network");
  };
  const steps = [step("a", "1"), step("b", "1", [], fail), step("c", "1")];
  await expect(run(steps)).rejects.toThrow("no network");
  broken = false;
  await run(steps);
  expect(ran).toEqual(["a", "b", "b", "c"]);
});

test("a step that is interrupted while it is redone does not pass for done", async () => {
  const { outcomes, step } = machine();
  await run([step("a", "1")]);
  const interrupted = step("a", "2", [], () => {
    throw new Error("killed");
  });
  await expect(run([interrupted])).rejects.toThrow("killed");
  expect(outcomes.has("a")).toBe(true);
  expect(pending([step("a", "1")])).toEqual(["a"]);
});

test("an outcome that has vanished is made again", async () => {
  const { outcomes, ran, step } = machine();
  const steps = [step("a", "1"), step("b", "1")];
  await run(steps);
  outcomes.delete("b");
  await run(steps);
  expect(ran).toEqual(["a", "b", "b"]);
});

test("a step that undoes a later one's work has it redone in the same run", async () => {
  const { outcomes, ran, step } = machine();
  const wipe = () => outcomes.delete("addon");
  const steps = (lock: string) => [step("packages", lock, [], wipe), step("addon", "1")];
  await run(steps("1"));
  ran.length = 0;
  await run(steps("2"));
  expect(ran).toEqual(["packages", "addon"]);
});

test("what was done by hand is recorded and left alone", async () => {
  const { ran, step } = machine();
  const steps = [{ ...step("a", "1"), satisfied: () => true, done: () => true }];
  await run(steps);
  expect(ran).toEqual([]);
  expect(readdirSync(records)).toEqual(["a.json"]);
});
