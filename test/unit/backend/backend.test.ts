import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { deviceReport, measureGflops, tf } from "diffusion";

const root = join(__dirname, "../../..");

/** Runs a script that imports the library's sources in a Node of its own, with another choice of backend. */
function run(
  script: string,
  environment: NodeJS.ProcessEnv,
): { stdout: string; stderr: string; ok: boolean } {
  const register = `require("${join(root, "test/unit/register-sources.cjs")}");`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["-e", `${register}\n${script}`], {
    cwd: root,
    env: { ...process.env, ...environment },
    encoding: "utf8",
  });
  return { stdout, stderr, ok: status === 0 };
}

test("tensors compute as soon as the library is imported, with operations as methods", () => {
  const product = tf
    .ones([2, 3])
    .mul(2)
    .matMul(tf.ones([3, 1]));
  expect([...product.dataSync()]).toEqual([6, 6]);
  expect(product.dataSync()).toBeInstanceOf(Float32Array);
});

test("gradients are registered", () => {
  const slope = tf.grad((x) => x.square().sum())(tf.tensor1d([3, -1]));
  expect([...slope.dataSync()]).toEqual([6, -2]);
});

test("the report names backend, version, processor and the reason", () => {
  const report = deviceReport();
  expect(report.backend).toBe(tf.getBackend() === "tensorflow" ? "native" : "wasm");
  expect(report.tensorflow).toMatch(/\d+\.\d+/);
  expect(report.cpu).not.toBe("");
  expect(report.cores).toBeGreaterThan(0);
  expect(report.reason).not.toBe("");
});

test("the speed reading is a plausible rate and keeps no tensor", async () => {
  const before = tf.memory().numTensors;
  const { matMul, conv2d } = await measureGflops({ seconds: 0.05 });
  expect(tf.memory().numTensors).toBe(before);
  for (const rate of [matMul, conv2d]) {
    expect(rate).toBeGreaterThan(0.1);
    expect(rate).toBeLessThan(1e7);
  }
});

describe("another choice", () => {
  test("wasm is ready at import too, and leaves no listener for the process's errors", () => {
    const { stdout } = run(
      `const { tf, deviceReport } = require("diffusion");
       const sum = tf.ones([2, 3]).mul(2).sum().dataSync()[0];
       const listeners = ["uncaughtException", "unhandledRejection"].map((e) => process.listenerCount(e));
       console.log(JSON.stringify([tf.getBackend(), sum, listeners, deviceReport().reason]));`,
      { COURSE_BACKEND: "wasm" },
    );
    expect(JSON.parse(stdout)).toEqual(["wasm", 12, [0, 0], "COURSE_BACKEND=wasm"]);
  });

  test("an unknown backend is refused by name", () => {
    const { ok, stderr } = run(`require("diffusion")`, { COURSE_BACKEND: "cuda" });
    expect(ok).toBe(false);
    expect(stderr).toContain('COURSE_BACKEND is "cuda"; use "native" or "wasm"');
  });

  const hideAddon = `
    const fs = require("node:fs");
    const exists = fs.existsSync;
    fs.existsSync = (file) => !String(file).endsWith("tfjs_binding.node") && exists(file);`;

  test("without the addon, wasm takes over and says why and what to do", () => {
    const { stdout, stderr } = run(
      `${hideAddon} console.log(require("diffusion").tf.ones([3]).sum().dataSync()[0]);`,
      { COURSE_BACKEND: "" },
    );
    expect(stdout.trim()).toBe("3");
    if (deviceReport().backend === "native") {
      expect(stderr).toContain("its addon has not been built");
      expect(stderr).toContain("npm run doctor");
    }
  });

  test("without the addon, COURSE_BACKEND=native fails instead", () => {
    const { ok, stderr } = run(`${hideAddon} require("diffusion");`, { COURSE_BACKEND: "native" });
    expect(ok).toBe(false);
    expect(stderr).toContain("its addon has not been built");
  });

  test("helpers that newer Node has removed are there for the native backend", () => {
    if (deviceReport().backend !== "native") return;
    const { stdout } = run(
      `const util = require("node:util");
       delete util.isNullOrUndefined;
       delete util.isArray;
       const { tf } = require("diffusion");
       console.log(tf.topk(tf.tensor1d([1, 3, 2]), 1).values.dataSync()[0]);`,
      { COURSE_BACKEND: "native" },
    );
    expect(stdout.trim()).toBe("3");
  });
});
