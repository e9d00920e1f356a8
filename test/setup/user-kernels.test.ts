import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";

import { installKernel, uninstallKernel, userDataFolder } from "../../kernel-setup/setup/user-kernels.mjs";

let data: string;
beforeEach(() => (data = mkdtempSync(join(tmpdir(), "jupyter data "))));
afterEach(() => {
  rmSync(data, { recursive: true });
});

test("installs a kernelspec that works from anywhere, and removes it again", () => {
  const folder = installKernel(data);
  const spec = JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8")) as { argv: string[] };
  expect(spec.argv[0]).toBe(process.execPath);
  const launcher = spec.argv.find((argument) => argument.endsWith("launch.cjs"))!;
  expect(isAbsolute(launcher) && existsSync(launcher)).toBe(true);
  expect(spec.argv.at(-1)).toBe("{connection_file}");
  expect(installKernel(data)).toBe(folder);
  expect(uninstallKernel(data)).toBe(folder);
  expect(existsSync(folder)).toBe(false);
  expect(uninstallKernel(data)).toBeUndefined();
});

test("leaves somebody else's kernel of that name alone", () => {
  const folder = join(data, "kernels", "typescript");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "kernel.json"), '{"argv": ["tslab", "{connection_file}"]}');
  expect(() => installKernel(data)).toThrow('Another kernel is called "typescript"');
  expect(uninstallKernel(data)).toBeUndefined();
  expect(existsSync(folder)).toBe(true);
});

test("the user's data folder is found by Jupyter's rules", () => {
  expect(userDataFolder({ JUPYTER_DATA_DIR: "/d", HOME: "/h" }, "linux")).toBe("/d");
  expect(userDataFolder({ XDG_DATA_HOME: "/x", HOME: "/h" }, "linux")).toBe("/x/jupyter");
  expect(userDataFolder({ HOME: "/h" }, "linux")).toBe("/h/.local/share/jupyter");
  expect(userDataFolder({ HOME: "/h" }, "darwin")).toBe("/h/Library/Jupyter");
});
