import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { loadCheckpoint } from "diffusion";
import { bitsOf, useFolder } from "./files";

const folder = useFolder();

/** Trains in a process of its own. */
function trainOn(from: string, until: number, to: string): void {
  const args = [join(__dirname, "train-on.cjs"), folder.path(from), String(until), folder.path(to)];
  const { stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

test("training that is broken off and goes on in another process is the same bit for bit", () => {
  trainOn("nothing", 20, "straight");
  trainOn("nothing", 10, "half");
  trainOn("half", 20, "resumed");
  const [straight, half, resumed] = ["straight", "half", "resumed"].map((name) =>
    loadCheckpoint(folder.path(name)),
  );
  expect(resumed.details).toEqual({ seed: 5, step: 20 });
  expect(bitsOf(resumed.tensors)).toEqual(bitsOf(straight.tensors));
  expect(straight.tensors["steps"].dataSync()[0]).toBe(20);
  // It has learned something in between.
  const weights = (name: "parameters/0" | "first/0" | "second/0"): unknown[] =>
    [half, resumed].map(({ tensors }) => [...tensors[name].dataSync()]);
  for (const name of ["parameters/0", "first/0", "second/0"] as const) {
    const [before, after] = weights(name);
    expect(before).not.toEqual(after);
  }
});
