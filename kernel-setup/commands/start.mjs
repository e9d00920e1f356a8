// @ts-check
/** JupyterLab on the loopback address, from the first notebook to Ctrl-C. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { openBrowser } from "../setup/browser.mjs";
import { jupyterEnvironment, paths } from "../setup/environment.mjs";
import { freePort } from "../setup/ports.mjs";
import { descendants } from "../setup/process.mjs";
import { Problem } from "../setup/problem.mjs";
import { sayWasm } from "../setup/setup.mjs";

const FIRST_PORT = 8888;
const FIRST_NOTEBOOK = "00-start-here.ipynb";
const START_TIMEOUT = 60_000;

/** @param {string} [folder] @returns {string | undefined} the notebook to open first */
export function firstNotebook(folder = paths.notebooks) {
  const notebooks = readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .sort();
  return notebooks.includes(FIRST_NOTEBOOK) ? FIRST_NOTEBOOK : notebooks[0];
}

/** @param {number} port @param {string} token @param {string | undefined} notebook */
export function address(port, token, notebook) {
  const path = notebook ? `/lab/tree/${encodeURIComponent(notebook)}` : "/lab";
  return `http://127.0.0.1:${port}${path}?token=${token}`;
}

/** @type {import("./main.mjs").Command["run"]} */
export async function run(args, choice) {
  if (choice.cure) sayWasm(choice);
  const port = await freePort(Number(process.env.COURSE_PORT) || FIRST_PORT);
  const token = randomBytes(24).toString("hex");
  const server = startServer(port, token, args);
  const ended = new Promise((resolve) => server.on("close", (code) => resolve(code ?? 0)));
  const interrupted = endOnInterrupt(server);
  if (await answers(port, token, server)) {
    const url = address(port, token, firstNotebook());
    const opened = openBrowser(url);
    process.stdout.write(
      `\n${opened ? "Opened in your browser" : "Open in your browser"}:\n\n    ${url}\n\nCtrl-C ends it.\n\n`,
    );
  }
  const code = await ended;
  if (interrupted.came) {
    interrupted.below.forEach(kill);
    process.stdout.write("JupyterLab and its kernels have ended.\n");
    return 0;
  }
  throw new Problem(
    `JupyterLab ended by itself (exit code ${code}).`,
    "What it says above tells why; `npm run doctor` checks the rest.",
  );
}

/** @param {number} port @param {string} token @param {string[]} args more of Jupyter's own arguments */
function startServer(port, token, args) {
  const options = [
    ...["--no-browser", `--ServerApp.port=${port}`, "--ServerApp.port_retries=0"],
    ...[`--ServerApp.root_dir=${paths.notebooks}`],
  ];
  // Its own process group: Ctrl-C reaches it only through us, once, as the signal that asks no question.
  return spawn(paths.jupyterLab, [...options, ...args], {
    cwd: paths.root,
    // In the environment the token stays out of the list of processes.
    env: { ...jupyterEnvironment(), JUPYTER_TOKEN: token },
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
}

/**
 * The first signal ends the server, which ends its kernels; a third one ends it without waiting for them.
 * @param {import("node:child_process").ChildProcess} server
 * @returns {{ came: boolean, below: number[] }} whether a signal came, and the processes below the server at that time
 */
function endOnInterrupt(server) {
  const interrupt = { came: false, below: /** @type {number[]} */ ([]) };
  let signals = 0;
  for (const signal of /** @type {NodeJS.Signals[]} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => {
      if (!interrupt.came && server.pid) interrupt.below = descendants(server.pid);
      interrupt.came = true;
      server.kill(++signals > 2 ? "SIGKILL" : "SIGTERM");
    });
  }
  return interrupt;
}

/**
 * Ends what outlives JupyterLab: programs that a kernel has started.
 * @param {number} pid
 */
function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended, as it should.
  }
}

/**
 * Waits until the server answers.
 * @param {number} port @param {string} token
 * @param {import("node:child_process").ChildProcess} server
 * @returns {Promise<boolean>} false when it has ended instead
 */
async function answers(port, token, server) {
  for (const deadline = Date.now() + START_TIMEOUT; Date.now() < deadline; await sleep(100)) {
    if (server.exitCode !== null || server.signalCode !== null) return false;
    const response = await fetch(`http://127.0.0.1:${port}/api/status?token=${token}`).catch(() => undefined);
    if (response?.ok) return true;
  }
  server.kill("SIGTERM");
  return false;
}
