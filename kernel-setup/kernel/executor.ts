/** Runs cells, one at a time. */
import { constants } from "node:os";
import { Script } from "node:vm";
import { createCell, createRuntime, currentCell, Interrupted, type Cell } from "./cell";
import { CompileError, type CompiledCell, type Compiler } from "./compiler";
import { runtimeName } from "./instrument";
import type { Content, Request } from "./messages";
import type { Modules } from "./modules";
import type { Output } from "./output";
import type { ErrorReport, Reporter } from "./report";
import { describe, portable } from "./result";
import { exportsName } from "./share";
import type { SourceMaps } from "./source-maps";
import { cellFile, expressionFile, silentFile } from "./stack";

export type ExecuteRequest = Omit<Extract<Request, { type: "execute" }>, "type">;

export interface Executor {
  execute(request: ExecuteRequest): Promise<Execution>;
  /** Stops the running cell at its next `await`; its loops and synchronous code are stopped by other means. */
  interrupt(): void;
  /** An error that reached nobody: thrown in a timer, or in a promise that nobody awaits. */
  stray(error: unknown): void;
}

export interface Execution {
  readonly content: Content;
  /** The text of the result, for the history. */
  readonly result?: string;
}

export interface ExecutorParts {
  readonly compiler: Compiler;
  readonly modules: Modules;
  readonly maps: SourceMaps;
  readonly reporter: Reporter;
  readonly output: Output;
  readonly isInterrupted: () => boolean;
  /** Called when a signal has broken off a cell's code; outside of that code it reaches the process as usual. */
  readonly onSignal: () => void;
  /** Called with the cell that begins, and with undefined when it has ended. */
  readonly onRunning: (cell: Cell | undefined) => void;
}

/** Where a cell's wrapper finds its arguments. */
const argumentsKey = Symbol.for("tslab.arguments");
/** tslab's converter writes source maps for a cell that follows one line of its own. */
const converterLines = 1;

export function createExecutor(parts: ExecutorParts): Executor {
  const { compiler, modules, maps, reporter, output } = parts;
  const variables: Record<string, unknown> = {};
  const wrapperArguments = [variables, modules.require, createRuntime(parts.isInterrupted), variables];
  let running: Cell | undefined;
  let latest: Cell | undefined;

  const compile = (code: string, file: string): CompiledCell => {
    const compiled = compiler.compile(code);
    modules.update(compiled.modules);
    maps.add(file, compiled.map, file, -converterLines);
    maps.setSource(file, code);
    return compiled;
  };

  const run = async (cell: Cell, compiled: CompiledCell, file: string): Promise<unknown> => {
    const prefix = `(async function (exports, require, ${runtimeName}, ${exportsName}) {`;
    const suffix = `\n})(...globalThis[Symbol.for(${JSON.stringify(argumentsKey.description)})])`;
    const script = new Script(prefix + compiled.code + suffix, {
      filename: file,
      columnOffset: -prefix.length,
    });
    Object.defineProperty(globalThis, argumentsKey, { value: wrapperArguments, configurable: true });
    const work = start(script);
    try {
      await cell.guard(work);
    } finally {
      if (cell.signal.aborted) await windDown(cell, work);
    }
    await settle(cell);
    const name = compiled.lastExpression;
    if (name === undefined) return undefined;
    // A promise is a result to come: `await` may be left out on the last line.
    const value = await cell.guard(variables[name]);
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the name is tslab's own
    delete variables[name];
    return value;
  };

  /**
   * A signal that comes while breakable code is just ending stays in Node, which breaks off the next breakable code with
   * it. Let that be a script of ours, not the user's cell.
   */
  const catchSignal = (): void => {
    const wait = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${longestWaitForSignal})`;
    try {
      new Script(wait).runInThisContext({ breakOnSigint: true });
    } catch {
      parts.onSignal();
    }
  };

  const start = (script: Script): Promise<void> => {
    try {
      return script.runInThisContext({ breakOnSigint: true }) as Promise<void>;
    } catch (error) {
      if (isBrokenOff(error)) parts.onSignal();
      throw error;
    }
  };

  const showResult = async (cell: Cell, value: unknown): Promise<string> => {
    const bundle = await cell.guard(
      describe(value, (error) => {
        output.publish("error", reporter.thrown(error));
      }),
    );
    output.publish("execute_result", { execution_count: cell.count, data: portable(bundle), metadata: {} });
    return String(bundle["text/plain"]);
  };

  const evaluateAll = async (cell: Cell, expressions: Readonly<Record<string, string>>): Promise<Content> => {
    const replies: Content = {};
    for (const [name, expression] of Object.entries(expressions)) {
      const file = expressionFile(name);
      try {
        const value = await run(cell, compile(expression, file), file);
        const data = await describe(value, () => undefined);
        replies[name] = { status: "ok", data, metadata: {} };
      } catch (error) {
        const report =
          error instanceof CompileError ? reporter.compile(error, expression, file) : reporter.thrown(error);
        replies[name] = { status: "error", ...report };
      }
    }
    return replies;
  };

  const fail = (report: ErrorReport): Execution => {
    output.publish("error", report);
    return { content: { status: "error", ...report } };
  };

  const execute: Executor["execute"] = async ({ id, code, count, silent, signalMissing, expressions }) => {
    if (signalMissing) catchSignal();
    const page = pageRequest(code);
    if (page !== undefined) return { content: showPage(compiler, page) };
    const cell = (latest = createCell(id, count));
    const file = silent ? silentFile : cellFile(count);
    return currentCell.run(cell, async () => {
      let compiled: CompiledCell | undefined;
      try {
        compiled = compile(code, file);
        parts.onRunning((running = cell));
        // The interrupt may have come while the cell was compiled.
        if (parts.isInterrupted()) throw new Interrupted();
        const value = await run(cell, compiled, file);
        compiler.commit(true, () => true);
        const result = value === undefined || silent ? undefined : await showResult(cell, value);
        const content = { ...success, user_expressions: await evaluateAll(cell, expressions) };
        return { content, ...(result === undefined ? {} : { result }) };
      } catch (error) {
        if (compiled) compiler.commit(false, (name) => variables[name] !== undefined);
        if (error instanceof CompileError) return fail(reporter.compile(error, code, file));
        const interruption = isInterruption(error) || (parts.isInterrupted() && isChildsInterruption(error));
        return fail(reporter.thrown(interruption ? new Interrupted() : error));
      } finally {
        cell.finished = true;
        parts.onRunning((running = undefined));
      }
    });
  };

  return {
    execute,
    interrupt() {
      if (parts.isInterrupted()) running?.stop(new Interrupted());
    },
    stray(error) {
      if (isInterruption(error)) return;
      const cell = currentCell.getStore() ?? latest;
      if (cell && !cell.finished) cell.stop(error);
      else output.publish("error", reporter.thrown(error), cell?.id);
    },
  };
}

const success: Content = { status: "ok", payload: [], user_expressions: {} };

const longestWaitForSignal = 300; // milliseconds

const mostMillisecondsToWindDown = 300;

/** A stopped cell gets a moment, so that its `finally` blocks and last pictures come before its end. */
async function windDown(cell: Cell, work: Promise<void>): Promise<void> {
  const ignore = (): void => undefined;
  const cleanedUp = work.then(ignore, ignore).then(() => Promise.all(cell.pending));
  await Promise.race([cleanedUp, new Promise((resolve) => setTimeout(resolve, mostMillisecondsToWindDown))]);
}

/** Waits for pictures that are still being drawn, and one turn more: Node reports a lost rejection only then. */
async function settle(cell: Cell): Promise<void> {
  do {
    await cell.guard(Promise.all(cell.pending));
    await cell.guard(new Promise(setImmediate));
  } while (cell.pending.size > 0);
}

/** The library has an error of its own for this, and Node another for code that it was told to break off. */
function isInterruption(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "Interrupted" || error.name === "InterruptedError" || isBrokenOff(error);
}

const isBrokenOff = (error: unknown): boolean =>
  (error as { code?: unknown } | undefined)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";

/** The signal that ends a cell's wait for a child process ends the child too, and Node may tell of the child's end first. */
function isChildsInterruption(error: unknown): boolean {
  const signalled = 128 + constants.signals.SIGINT; // the status of a shell whose command was interrupted
  const { signal, status } = (error ?? {}) as { signal?: unknown; status?: unknown };
  return signal === "SIGINT" || status === signalled;
}

/** `?name` or `name?` asks for the documentation of a name, as in IPython. */
function pageRequest(code: string): string | undefined {
  const text = code.trim();
  return /^\?\s*([\w$.]+)$/.exec(text)?.[1] ?? /^([\w$.]+)\s*\?$/.exec(text)?.[1];
}

function showPage(compiler: Compiler, name: string): Content {
  const info = compiler.inspect(name, name.length);
  const text = info ? `${info.signature}\n\n${info.documentation}`.trim() : `${name} is not defined`;
  return { ...success, payload: [{ source: "page", data: { "text/plain": text }, start: 0 }] };
}
