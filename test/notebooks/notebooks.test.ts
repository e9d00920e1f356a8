/** Every notebook of the course, discovered: as it is stored, and as real Jupyter runs it from top to bottom. */
import { describeDefect, discover, nameOf } from "./files.mjs";
import { executeNotebooks, type Execution } from "./execute.mjs";
import { startRunning, stopRunning } from "./running.mjs";
import { inspectSource } from "./source.mjs";

/** A guard against notebooks that hang: far above what slow machines need. */
const patience = 1_800_000;

const notebooks = discover().map((path) => ({ name: nameOf(path), path }));

test("there are notebooks", () => {
  expect(notebooks.length).toBeGreaterThan(0);
});

test.each(notebooks)("$name is stored as it should be", ({ name, path }) => {
  expect(inspectSource(path).map((defect) => describeDefect(name, defect))).toEqual([]);
});

describe("executed by Jupyter", () => {
  let executions: Map<string, Promise<Execution>>;

  // All are asked for at once and run two at a time; each test waits for its own.
  beforeAll(() => {
    startRunning();
    executions = executeNotebooks(
      notebooks.map(({ path }) => path),
      { atATime: 2 },
    );
  });

  afterAll(stopRunning);

  test.each(notebooks)(
    "$name runs without a defect",
    async ({ name }) => {
      const { defects, seconds } = await executions.get(name)!;
      if (seconds > 240) {
        console.warn(
          `${name} took ${seconds.toFixed(0)} s beside another one; the course promises less than two minutes alone.`,
        );
      }
      if (defects.length > 0)
        throw new Error(defects.map((defect) => describeDefect(name, defect)).join("\n"));
    },
    patience,
  );
});
