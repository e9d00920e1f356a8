/** The built kernel's compiler by itself: cells are compiled one after the other, and none is run. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { checkCells, CellProblem } from "../../kernel-setup/kernel/check";
import { paths } from "../../kernel-setup/setup/environment.mjs";

const home = process.cwd();
const bundle = createRequire(__filename)(join(paths.distKernel, "main.cjs")) as {
  checkCells: typeof checkCells;
};

const check = (...cells: string[]): CellProblem[] => bundle.checkCells(paths.root, paths.notebooks, cells);

// Checking cells changes the working folder.
afterAll(() => {
  process.chdir(home);
});

describe("`await (x)`, which is a call in a script, beside names whose types need an import", () => {
  const imports = `import { compile, linearSchedule, tf } from "diffusion";
import * as net from "node:net";
const stepOf = (name: string) => compile(() => tf.zeros([name.length]));`;

  const declarations = {
    "a variable": ["const made = linearSchedule(3);", "Schedule"],
    "the result of an earlier cell's function": ['const made = stepOf("a");', "Compiled"],
    "an array": ['const made = ["a"].map(stepOf);', "Compiled"],
    "a type of another package": ["const made = tf.zeros([1]);", "Tensor"],
    "a type of Node's": ["const made = net.createServer();", "Server"],
    "types of several packages": [
      "const made = { schedule: linearSchedule(3), zero: tf.zeros([1]), server: net.createServer() };",
      /Schedule.*Tensor.*Server/,
    ],
    "an arrow function": ["const made = () => linearSchedule(3);", "Schedule"],
    "a function": ["function made(n: number) { return { schedule: linearSchedule(n) }; }", "Schedule"],
    "an async function": ["async function made() { return await linearSchedule(3); }", "Schedule"],
    "a class": ["class Holder { step = stepOf(`a`); }\nconst made = new Holder().step;", "Compiled"],
  } as const;

  const awaits = {
    "the result of a call": "await (async () => 1)();",
    "what was awaited in it": "await (await Promise.resolve(tf.zeros([1]))).data();",
    "an array": "await [1];",
    "a sign": "await -1;",
  };

  /** The error's text names the type of `made`, as the following cell knows it. */
  const expectType = (type: string | RegExp, ...cells: string[]): void => {
    const problems = check(imports, ...cells, "made.nothing;");
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ cell: cells.length + 1, line: 1, column: 6 });
    expect(problems[0].message).toMatch(/^TS2339: Property 'nothing' does not exist on type/);
    expect(problems[0].message).toMatch(type);
  };

  test.each(Object.entries(declarations))("%s keeps its type", (_, [declaration, type]) => {
    expectType(type, `${declaration}\nawait (1);`);
  });

  test.each(Object.entries(awaits))("awaited: %s", (_, last) => {
    expectType("Compiled", `const made = ["a"].map(stepOf);\n${last}`);
  });

  test("before the declaration, and not last in the cell", () => {
    expectType("Compiled", `await (1);\nconst made = stepOf("a");\nmade.length;`);
  });

  test("several in one cell, and again in the next", () => {
    expectType(
      "Compiled",
      `await (1);\nconst one = stepOf("a");\nawait (2);`,
      "const made = one;\nawait (3);",
    );
  });

  test("a type that is wrong is still found, at its place", () => {
    const problems = check(imports, 'const steps = ["a"].map(stepOf);\nawait (1);\nconst n: number = steps;');
    expect(problems[0]).toMatchObject({ cell: 1, line: 3, column: 7 });
    expect(problems[0].message).toMatch(/^TS2322/);
  });
});

describe("code on which TypeScript itself fails", () => {
  const depth = 20_000;
  const tooDeep = `const deep = ${"(".repeat(depth)}1${")".repeat(depth)};`;

  test("a problem of its cell, and the others are compiled", () => {
    const problems = check("const a = 1;", tooDeep, "const b: string = a;", "deep;", "a + 1;");
    expect(problems.map(({ cell }) => cell)).toEqual([1, 2, 3]);
    const [failure, wrong, unknown] = problems.map(({ message }) => message);
    expect(failure).toMatch(/TypeScript itself has failed on this cell: .*Maximum call stack size exceeded/);
    expect(failure).toContain("smaller parts");
    expect(failure.length).toBeLessThan(600);
    expect(wrong).toMatch(/^TS2322/);
    expect(unknown).toMatch(/^TS2304/);
  });
});
