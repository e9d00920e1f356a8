/** What set-up takes out of a wheel, how the addon finds it, and what git stores of a notebook. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { compilerCalls } from "../../kernel-setup/setup/addon.mjs";
import { paths, root } from "../../kernel-setup/setup/environment.mjs";
import { findPython } from "../../kernel-setup/setup/programs.mjs";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "a wheel "))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("tensorflow/libtensorflow_cc.so.2", "x" * 1000)
    wheel.writestr("tensorflow/python/large.so", "y")
    wheel.writestr("tensorflow/include/tensorflow/c/eager/c_api.h", "z")
`;

test("extract.py unpacks what is asked for, says how far it is, and refuses a wheel without it", () => {
  const python = findPython();
  const wheel = join(folder, "a.whl");
  expect(spawnSync(python, ["-c", MAKE_WHEEL, wheel]).status).toBe(0);
  const extract = (...patterns: string[]) =>
    spawnSync(
      python,
      [join(paths.kernelSetup, "python", "extract.py"), wheel, join(folder, "out"), ...patterns],
      {
        encoding: "utf8",
      },
    );
  const { status, stdout } = extract("tensorflow/libtensorflow_cc.*", "tensorflow/include/tensorflow/c/*");
  expect(status).toBe(0);
  expect(stdout.trim().split("\n").at(-1)).toBe("Progress 1001 of 1001");
  expect(readFileSync(join(folder, "out/tensorflow/include/tensorflow/c/eager/c_api.h"), "utf8")).toBe("z");
  expect(existsSync(join(folder, "out/tensorflow/python/large.so"))).toBe(false);
  const refused = extract("nvidia/*");
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain("nothing that matches");
});

const calls = Object.entries(compilerCalls("cpu", "out"));
test.each(calls)("the addon %s finds the library by a relative path, so the project may move", (_, call) => {
  const rpath = call.find((argument) => argument.startsWith("-Wl,-rpath,"))!;
  expect(rpath).not.toContain(root);
  expect(rpath).toMatch(
    /^-Wl,-rpath,(\$ORIGIN|@loader_path)\/\.\.\/.*\.cache\/tensorflow\/cpu-[\d.]+\/tensorflow$/,
  );
});

describe("git's filter", () => {
  const filter = (input: string) =>
    spawnSync(process.execPath, [join(paths.kernelSetup, "git", "strip-outputs.mjs")], {
      input,
      encoding: "utf8",
    }).stdout;

  test("leaves out outputs, and changes nothing the second time", () => {
    const notebook = {
      cells: [
        {
          cell_type: "code",
          id: "a",
          execution_count: 3,
          metadata: {},
          outputs: [{ output_type: "stream" }],
          source: ["1"],
        },
      ],
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    };
    const once = filter(JSON.stringify(notebook));
    expect(JSON.parse(once)).toMatchObject({
      cells: [{ execution_count: null, outputs: [], source: ["1"] }],
    });
    expect(filter(once)).toBe(once);
  });

  test("passes on what is no notebook", () => {
    expect(filter("<<<<<<< ours\n")).toBe("<<<<<<< ours\n");
  });
});
