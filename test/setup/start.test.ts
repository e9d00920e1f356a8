/** `start` as a student uses it: a real JupyterLab, from its address to Ctrl-C; and the doctor's verdict. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { paths, root } from "../../kernel-setup/setup/environment.mjs";
import { descendants } from "../../kernel-setup/setup/process.mjs";

jest.setTimeout(120_000);

const course = join(root, "kernel-setup", "course.mjs");
const whenSetUp = existsSync(paths.jupyterLab) && existsSync(paths.backend) ? describe : describe.skip;

/** A port nobody else uses, so that a JupyterLab of the user's does not matter. */
const BUSY_PORT = 18_888;

function listen(port: number, host: string): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) =>
    server.once("error", reject).listen(port, host, () => {
      resolve(server);
    }),
  );
}

const EXECUTE = `
import sys
from jupyter_client import BlockingKernelClient
client = BlockingKernelClient(connection_file=sys.argv[1])
client.load_connection_file()
client.start_channels()
client.wait_for_ready(timeout=60)
sys.exit(client.execute_interactive(sys.argv[2], timeout=60)["content"]["status"] != "ok")
`;

/** Executes a cell in a running kernel. */
function execute(kernel: string, code: string) {
  const connection = join(paths.jupyter, "runtime", `kernel-${kernel}.json`);
  const { status, stderr } = spawnSync(paths.testPython, ["-c", EXECUTE, connection, code], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
}

/** Waits for a line of output. */
function output(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    const look = (chunk: Buffer) => {
      text += chunk.toString();
      const found = pattern.exec(text);
      if (found) resolve(found[0]);
    };
    child.stdout!.on("data", look);
    child.stderr!.on("data", look);
    child.on("exit", (code) => {
      reject(new Error(`ended with ${code} before ${String(pattern)}:\n${text}`));
    });
  });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

whenSetUp("start", () => {
  let busy: Server;
  let child: ChildProcess;
  let url: URL;
  const get = (path: string, headers: Record<string, string>, method = "GET") =>
    fetch(new URL(path, url), { method, headers });
  const withToken = () => ({ Authorization: `token ${url.searchParams.get("token")!}` });

  beforeAll(async () => {
    busy = await listen(BUSY_PORT, "127.0.0.1");
    child = spawn(process.execPath, [course, "start"], {
      env: { ...process.env, COURSE_BROWSER: "none", COURSE_PORT: String(BUSY_PORT) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    url = new URL(await output(child, /http:\/\/\S+\?token=\S+/));
  });

  afterAll(() => {
    child.kill("SIGKILL");
    busy.close();
  });

  test("takes the next port when one is busy, on the loopback address only", async () => {
    expect(url.hostname).toBe("127.0.0.1");
    expect(Number(url.port)).toBeGreaterThan(BUSY_PORT);
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address && !address.internal && address.family === "IPv4");
    if (!outside) return;
    await expect(fetch(`http://${outside.address}:${url.port}/api`)).rejects.toThrow();
  });

  test("opens the first notebook", () => {
    expect(url.pathname).toMatch(/^\/lab(\/tree\/.+\.ipynb)?$/);
    expect(existsSync(join(paths.notebooks, "00-start-here.ipynb"))).toBe(
      url.pathname.endsWith("00-start-here.ipynb"),
    );
  });

  test("wants its token", async () => {
    expect((await get("/api/kernelspecs", {})).status).toBe(403);
    expect((await get("/api/kernelspecs", withToken())).status).toBe(200);
  });

  test("offers our kernel and no other, and our defaults", async () => {
    const specs = (await (await get("/api/kernelspecs", withToken())).json()) as {
      kernelspecs: object;
      default: string;
    };
    expect(Object.keys(specs.kernelspecs)).toEqual(["typescript"]);
    expect(specs.default).toBe("typescript");
    const plugin = "@jupyterlab/completer-extension:manager";
    const settings = await (await get(`/lab/api/settings/${plugin}`, withToken())).json();
    expect(settings).toMatchObject({ schema: { properties: { autoCompletion: { default: true } } } });
  });

  test("draws Plotly figures", async () => {
    const page = await (await get("/lab", withToken())).text();
    expect(page).toContain("jupyterlab-plotly");
  });

  test("Ctrl-C ends it and its kernels, once, without a question", async () => {
    const started = await get("/api/kernels", { ...withToken(), "Content-Type": "application/json" }, "POST");
    expect(started.status).toBe(201);
    const { id } = (await started.json()) as { id: string };
    execute(id, 'import { spawn } from "node:child_process"; spawn("sleep", ["100"]).pid');
    const below = descendants(child.pid!);
    // JupyterLab, the kernel, and what a cell has started.
    expect(below.length).toBeGreaterThanOrEqual(3);
    const ended = new Promise((resolve) => child.on("exit", resolve));
    child.kill("SIGINT");
    expect(await ended).toBe(0);
    // Killed processes take a moment to vanish.
    for (let tries = 0; tries < 100 && below.some(alive); tries++) await sleep(100);
    expect(below.filter(alive)).toEqual([]);
    await expect(get("/api", {})).rejects.toThrow();
  });
});

whenSetUp("doctor", () => {
  test("says what there is, and exits with 0 where the course can run", () => {
    const { status, stdout } = spawnSync(process.execPath, [course, "doctor"], { encoding: "utf8" });
    expect(stdout).toContain("The course can run here.");
    expect(status).toBe(0);
    const { reason } = JSON.parse(readFileSync(paths.backend, "utf8")) as { reason: string };
    expect(stdout).toContain(reason);
    expect(stdout).toMatch(/JupyterLab +\d+\.\d+/);
    expect(stdout).toMatch(/nbconvert +\d+\.\d+/);
    expect(stdout).toMatch(/kernel +TypeScript/);
    for (const operation of ["matMul", "conv2d"]) {
      const [, speed] = new RegExp(`${operation} +(\\d+) GFLOP/s`).exec(stdout) ?? [];
      expect(Number(speed)).toBeGreaterThan(0);
    }
  });

  test("exits with 1 where the kernel is not found", () => {
    const script = `
      import(process.argv[1]).then(async ({ report, kernel }) => {
        process.exitCode = report([kernel({ ...process.env, JUPYTER_PATH: "" })]);
      });`;
    const doctor = join(paths.kernelSetup, "commands", "doctor.mjs");
    const { status, stdout } = spawnSync(process.execPath, ["-e", script, doctor], { encoding: "utf8" });
    expect(stdout).toContain("Jupyter does not find it");
    expect(stdout).toContain("The course cannot run yet.");
    expect(status).toBe(1);
  });
});
