/**
 * The kernel: TypeScript cells for Jupyter.
 *
 * Two threads. This one compiles and runs cells and nothing else; the other (jupyter.ts) speaks with Jupyter, so that
 * messages flow and interrupts arrive while a cell computes.
 */
import { writeSync } from "node:fs";
import { join } from "node:path";
import { inspect as inspectValue } from "node:util";
import { Worker } from "node:worker_threads";
import { captureChildren } from "./children";
import { createCompiler } from "./compiler";
import { complete, inspect, isComplete } from "./editor";
import { createExecutor, type Execution } from "./executor";
import { installHost, tslabModule } from "./host";
import { refreshLibrary } from "./library";
import { createShared, type JupyterThreadData, type Request, type ToJupyter, type ToMain } from "./messages";
import { createModules } from "./modules";
import { captureStreams, createOutput } from "./output";
import { createReporter } from "./report";
import { createSourceMaps } from "./source-maps";
import { installStacks } from "./stack";

/** The bundle lies in dist/kernel. */
const root = join(__dirname, "..", "..");
const nobody = -1;

/** Serves one notebook until Jupyter ends it.
 * @param connectionFile the JSON in which Jupyter says where to listen */
export function startKernel(connectionFile: string): void {
  const shared = createShared();
  let running = nobody;
  let latest = 0;
  const isInterrupted = (): boolean => Atomics.load(shared.interrupted, 0) === running;

  const jupyter = new Worker(join(__dirname, "jupyter.cjs"), {
    workerData: { shared, connectionFile } satisfies JupyterThreadData,
  });
  const post = (message: ToJupyter): void => {
    jupyter.postMessage(message);
  };

  const exit = process.exit.bind(process);
  process.exit = () => {
    throw new Error(
      "process.exit() would end the kernel. To stop a cell, throw an error or press Interrupt.",
    );
  };

  const onSignal = (): void => void Atomics.add(shared.signals, 0, 1);
  const output = createOutput(post, shared, () => latest);
  captureStreams(output);
  captureChildren();
  const maps = createSourceMaps();
  const stacks = installStacks(maps);
  const host = installHost(output, isInterrupted);
  const modules = createModules(root, new Map([["tslab", tslabModule(host)]]), maps);
  const reporter = createReporter(root, maps, stacks);
  const library = refreshLibrary(root);
  const compiler = createCompiler(root);
  const executor = createExecutor({
    compiler,
    modules,
    maps,
    reporter,
    output,
    isInterrupted,
    onSignal,
    onRunning: (cell) => (running = cell?.id ?? nobody),
  });

  process.on("SIGINT", () => {
    onSignal();
    executor.interrupt();
  });
  process.on("uncaughtException", (error) => {
    executor.stray(error);
  });
  process.on("unhandledRejection", (reason) => {
    executor.stray(reason);
  });

  jupyter.on("error", (error) => {
    writeSync(2, `The kernel lost its connection with Jupyter: ${inspectValue(error)}\n`);
    exit(1);
  });
  jupyter.on("message", (message: ToMain) => {
    if (message.type === "shutdown") exit(0);
    else if (message.type === "interrupt") executor.interrupt();
    else
      void answer(message)
        .catch((error: unknown) => ({ content: { status: "error", ...reporter.thrown(error) } }))
        .then((reply) => {
          post({ type: "reply", id: message.id, ...reply });
        });
  });

  async function answer(request: Request): Promise<Execution> {
    const complaint = await library;
    switch (request.type) {
      case "execute":
        latest = request.id;
        if (complaint && request.count === 1) output.stream("stderr", complaint);
        return executor.execute(request);
      case "complete":
        return { content: complete(compiler, request.code, request.cursor) };
      case "inspect":
        return { content: inspect(compiler, request.code, request.cursor) };
      case "isComplete":
        return { content: isComplete(request.code) };
    }
  }
}
