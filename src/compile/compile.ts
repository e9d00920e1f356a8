import { internals, type Internals } from "../backend/internals";
import { tf } from "../backend/tf";
import { checkInteger } from "../errors";
import { nextSeed, seedTensor, withSeed } from "../random/seed";
import { toBfloat16 } from "./bfloat16";
import { letGatherBeTraced } from "./gather";
import { flatten, type Flat, type Nested } from "./nested";
import { Program } from "./program";
import { activeRecorder, record } from "./recorder";

/** How a step is compiled. */
export interface CompileOptions {
  /** How many programs are kept, each for other shapes of the arguments; the one least recently used goes. */
  readonly programs?: number;
  /** `bfloat16`: convolutions, matrix products and what lies between them with 8 instead of 24 bits of precision, which
   * is faster where the device has units for it ({@link bfloat16Units}); parameters, optimizer, statistics and loss stay
   * in float32. Native backend only. */
  readonly precision?: "float32" | "bfloat16";
  /** Lets XLA compile the step to machine code, with elementwise operations fused: faster on GPUs, after a first call
   * that takes minutes for a large network. Native backend only; random numbers may differ. */
  readonly xla?: boolean;
}

/** A step that runs as one call of TensorFlow; called like the step itself. */
export interface Compiled<Arguments extends readonly Nested[], Result extends Nested> {
  (...args: Arguments): Result;
  /** How often the step has been traced. */
  readonly traces: number;
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
export function compile<Arguments extends readonly Nested[], Result extends Nested>(
  step: (...args: Arguments) => Result,
  options: CompileOptions = {},
): Compiled<Arguments, Result> {
  const { programs: most = 8, precision = "float32", xla = false } = options;
  checkInteger("programs", most, 1);
  const cache: Cache = new Map();
  let traces = 0;

  const call = (...args: Arguments): Result => {
    const backend = internals();
    if (activeRecorder()) return step(...args); // part of the step that is being traced
    if (!backend)
      return tf.tidy(() => withSeed(nextSeed(), () => step(...args)) as tf.TensorContainer) as Result;
    return tf.tidy(() => {
      const seed = seedTensor(nextSeed());
      const flat = flatten("The argument", args);
      const inputs = [seed, ...flat.tensors];
      let entry = cache.get(flat.key);
      if (!entry) {
        traces++;
        entry = trace(backend, step, flat, inputs, { precision, xla });
      }
      cache.delete(flat.key); // the latest used comes last
      cache.set(flat.key, entry);
      if (cache.size > most) forgetOldest(cache);
      return entry.result.rebuild(entry.program.run(inputs)) as tf.TensorContainer;
    }) as Result;
  };
  const dispose = (): void => {
    for (const { program } of cache.values()) program.dispose();
    cache.clear();
  };
  const compiled = Object.assign(call, { dispose }) as unknown as Compiled<Arguments, Result>;
  Object.defineProperty(compiled, "traces", { get: () => traces });
  forgotten.register(compiled, cache);
  return compiled;
}

interface Entry {
  readonly program: Program;
  readonly result: Flat;
}

type Cache = Map<string, Entry>;

/** The programs of a compiled step that nobody can call any more, as when its cell is run again. */
const forgotten = new FinalizationRegistry((cache: Cache) => {
  for (const { program } of cache.values()) program.dispose();
});

function trace<Arguments extends readonly Nested[], Result extends Nested>(
  backend: Internals,
  step: (...args: Arguments) => Result,
  args: Flat,
  inputs: readonly tf.Tensor[],
  { precision, xla }: Required<Pick<CompileOptions, "precision" | "xla">>,
): Entry {
  letGatherBeTraced();
  const [seed, ...tensors] = inputs;
  let result: Flat | undefined;
  const written = record(backend, inputs, () => {
    const value = withSeed(seed, () => step(...(args.rebuild(tensors) as unknown as Arguments)));
    result = flatten("The step's result", value);
    return result.tensors;
  });
  try {
    const exact = precision === "float32";
    return {
      program: new Program(backend, exact ? written : toBfloat16(written), { xla }),
      result: result as Flat,
    };
  } finally {
    for (const { tensor } of written.captured) tensor.release();
  }
}

function forgetOldest(cache: Cache): void {
  const [[key, { program }]] = cache;
  cache.delete(key);
  program.dispose();
}
