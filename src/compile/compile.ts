import { warnWithoutUnits, type Precision } from "../backend/bfloat16";
import { hasFusedOps } from "../backend/fused";
import { internals, type Internals } from "../backend/internals";
import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { nextSeed, seedTensor, withSeed } from "../random/seed";
import { toBfloat16 } from "./bfloat16";
import { letGatherBeTraced } from "./gather";
import { flatten, type Flat, type Nested } from "./nested";
import type { Node } from "./graph-def";
import { Program } from "./program";
import { activeRecorder, record, type StepTrace } from "./recorder";

/** How a step is compiled. */
export interface CompileOptions {
  /** How many programs are kept, each for other shapes of the arguments; the one least recently used goes. */
  readonly programs?: number;
  /** `bfloat16`: convolutions, matrix products and what lies between them with 8 instead of 24 bits of precision, which
   * is faster where the device has units for it ({@link fasterPrecision}); parameters, optimizer, statistics and loss stay
   * in float32. Native backend only. */
  readonly precision?: Precision;
  /** Lets XLA compile the step to machine code, with elementwise operations fused: faster on GPUs, after a first call
   * that takes minutes for a large network. Native backend only. */
  readonly xla?: boolean;
}

/** A step that runs as one call of TensorFlow; called like the step itself. */
export interface Compiled<Arguments extends readonly Nested[], Result> {
  (...args: Arguments): Result;
  /** How often the step has been traced. */
  readonly traces: number;
  /** What was last traced. */
  readonly report: TraceReport | undefined;
  /** Frees the programs. Variables keep their values; the step may be called again, and is traced anew. */
  dispose(): void;
}

/** Makes a step (of training, of sampling) that runs as one call of TensorFlow instead of thousands.
 *
 * The first call *traces* the step: it is run once without computing anything, and what it asks of TensorFlow is written
 * down as a graph, which TensorFlow optimizes and keeps. Later calls run the graph; JavaScript is not run again, so
 * that what it prints or counts happens at the first call only. Arguments of other shapes or types are traced anew.
 * - Tensors among the arguments are the step's inputs. Numbers and texts are fixed: a new value is a new program.
 * - Variables (`tf.variable`) that the step reads or assigns live in the program, and are fetched when somebody else
 *   looks at them: they always have their newest values.
 * - Other tensors of outside are captured with the values that they have at the first call.
 * - Random numbers of this library that are drawn without a seed are new at each call, as without `compile`.
 *
 * On another backend than the native one the step runs as it is, with the same numbers.
 * @param step a function that is not async; its result is one or more tensors, in arrays and objects
 * @throws Error at the first call, at the line that cannot be traced: a tensor read on the host, random numbers of
 * JavaScript, a shape that depends on data, a variable made within, a disposed tensor
 * @throws TypeError for an argument or a result of another kind than {@link Nested} */
export function compile<Arguments extends readonly Nested[], Result>(
  step: (...args: Arguments) => Result,
  options: CompileOptions = {},
): Compiled<Arguments, Result> {
  const { programs: most = 8, precision = "float32", xla = false } = options;
  checkInteger("programs", most, 1);
  if (!precisions.includes(precision)) {
    throw new RangeError(
      `precision is "${precision}"; use ${precisions.map((name) => `"${name}"`).join(" or ")}.`,
    );
  }
  const cache: Cache = new Map();
  let traces = 0;
  let report: TraceReport | undefined;

  const entryFor = (backend: Internals, flat: Flat, inputs: readonly tf.Tensor[]): Entry => {
    const known = cache.get(flat.key);
    if (known) cache.delete(flat.key); // the latest used comes last
    const entry =
      known ??
      trace(backend, step as unknown as (...args: unknown[]) => unknown, flat, inputs, { precision, xla });
    cache.set(flat.key, entry);
    if (cache.size > most) forgetOldest(cache);
    if (!known) report = entry.report;
    if (!known && ++traces === manyTraces) console.warn(tracedOften(flat.key));
    return entry;
  };
  const call = (...args: Arguments): Result => {
    const backend = internals();
    const container = tf.tidy(() => {
      if (!backend || activeRecorder())
        return withSeed(nextSeed(), () => step(...args)) as tf.TensorContainer;
      const flat = flatten("The argument", args);
      const inputs = [seedTensor(nextSeed()), ...flat.tensors];
      const entry = entryFor(backend, flat, inputs);
      return entry.result.rebuild(entry.run(inputs)) as tf.TensorContainer;
    });
    return container as Result;
  };
  forgotten.register(call, cache);
  return Object.defineProperties(call, {
    traces: { get: () => traces },
    report: { get: () => report },
    dispose: {
      value: () => {
        for (const { dispose } of cache.values()) dispose();
        cache.clear();
      },
    },
  }) as Compiled<Arguments, Result>;
}

const precisions: readonly string[] = ["float32", "bfloat16"];

/** What tracing a step has made. */
export interface TraceReport {
  /** Operations that the step asks TensorFlow for. */
  readonly operations: number;
  /** Names of the variables that the step reads or changes. */
  readonly variables: readonly string[];
  /** Nodes of the graph, after what nobody uses has been left out. */
  readonly nodes: readonly Node[];
  /** Seconds to trace the step, and to give the graph to TensorFlow. */
  readonly seconds: { readonly trace: number; readonly load: number };
}

interface Entry {
  readonly result: Flat;
  readonly report: TraceReport;
  run(inputs: readonly tf.Tensor[]): tf.Tensor[];
  readonly dispose: () => void;
}

type Cache = Map<string, Entry>;

/** The programs of a compiled step that nobody can call any more, as when its cell is run again. */
const forgotten = new FinalizationRegistry((cache: Cache) => {
  for (const { dispose } of cache.values()) dispose();
});

function trace(
  backend: Internals,
  step: (...args: unknown[]) => unknown,
  args: Flat,
  inputs: readonly tf.Tensor[],
  { precision, xla }: Required<Pick<CompileOptions, "precision" | "xla">>,
): Entry {
  letGatherBeTraced();
  if (precision === "bfloat16") warnWithoutUnits();
  const start = performance.now();
  let result: Flat | undefined;
  const exact = record(backend, inputs, ([seed, ...tensors]) => {
    const value = withSeed(seed, () => step(...(args.rebuild(tensors) as unknown[])));
    result = flatten("The step's result", value);
    return result.tensors;
  });
  const written = precision === "bfloat16" ? toBfloat16(exact, hasFusedOps()) : exact;
  const traced = performance.now();
  const runnable = loadProgram(backend, written, xla);
  const seconds = { trace: (traced - start) / 1000, load: (performance.now() - traced) / 1000 };
  const variables = exact.variables.map(({ variable }) => variable.name);
  const operations = exact.events.filter(({ kind }) => kind !== "constant").length;
  return {
    ...runnable,
    result: result as Flat,
    report: { operations, variables, nodes: runnable.nodes, seconds },
  };
}

/** A program that does without XLA if XLA fails at the first call: on a GPU it needs tools of CUDA. */
function loadProgram(
  backend: Internals,
  written: StepTrace,
  xla: boolean,
): Pick<Entry, "run" | "dispose"> & { readonly nodes: readonly Node[] } {
  const release = (): void => {
    for (const { tensor } of written.captured) tensor.release();
  };
  /** Until XLA has proved itself, the trace is kept for another program. */
  let spare: (() => Program) | undefined = xla
    ? () => new Program(backend, written, { xla: false })
    : undefined;
  let program: Program;
  try {
    program = new Program(backend, written, { xla });
  } catch (error) {
    spare = undefined;
    throw error;
  } finally {
    if (!spare) release();
  }
  return {
    nodes: program.nodes,
    run(inputs) {
      if (!spare) return program.run(inputs);
      try {
        return program.run(inputs);
      } catch (error) {
        console.warn(`XLA cannot compile this step, which runs without it: ${messageOf(error)}`);
        program.dispose();
        program = spare();
        return program.run(inputs);
      } finally {
        release();
        spare = undefined;
      }
    },
    dispose() {
      if (spare) release();
      program.dispose();
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function forgetOldest(cache: Cache): void {
  const [[key, { dispose }]] = cache;
  cache.delete(key);
  dispose();
}

const manyTraces = 16;

const tracedOften = (key: string): string =>
  `A compiled step has been traced ${manyTraces} times; the last arguments were ${key.slice(0, 200)}. Each trace takes ` +
  "time: pass a number that changes from call to call as a tensor (tf.scalar), and keep the shapes of batches.";
