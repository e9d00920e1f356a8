/**
 * The TypeScript that tslab's converter gets to see.
 *
 * tslab hard-codes its compiler options, watches every file it reads and drops source maps. The bundler puts this module
 * in the place of tslab's TypeScript; it is that same TypeScript with a few functions exchanged for ones that can be set.
 */
import { join } from "node:path";
import type * as TypeScript from "typescript";
import { completionsFor } from "./completions";

type CreateHost = typeof TypeScript.createWatchCompilerHost;
type Transpile = typeof TypeScript.transpileModule;
type CompilerHostArguments = [
  rootFiles: string[],
  options: TypeScript.CompilerOptions,
  system: TypeScript.System,
  ...rest: unknown[],
];

/** What the kernel puts between tslab's converter and TypeScript. */
export interface CompilerHooks {
  host(...args: CompilerHostArguments): CompilerHostArguments;
  /** A file that was read; `changed` makes the converter and TypeScript read it again. */
  watch(path: string, changed: TypeScript.FileWatcherCallback): void;
  transpile(code: string, options: TypeScript.TranspileOptions, real: Transpile): TypeScript.TranspileOutput;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- tslab's fork is CommonJS and ships without declarations
const fork = require("../../node_modules/@tslab/typescript-for-tslab/lib/typescript.js") as typeof TypeScript;

/** The bundle lies in dist/kernel. */
const projectRoot = join(__dirname, "..", "..");

/** Set before a converter is created. */
export const hooks: CompilerHooks = {
  host: (...args) => args,
  watch: () => undefined,
  transpile: (code, options, real) => real(code, options),
};

const createRealHost = fork.createWatchCompilerHost as unknown as (
  ...args: CompilerHostArguments
) => TypeScript.WatchCompilerHostOfFilesAndCompilerOptions<TypeScript.BuilderProgram>;

function createHost(...args: CompilerHostArguments): ReturnType<typeof createRealHost> {
  const host = createRealHost(...hooks.host(...args));
  const { createProgram } = host;
  host.createProgram = (...given) => {
    const program = createProgram(...given);
    program.getSourceFiles().forEach(forgetFirstParse);
    return program;
  };
  return host;
}

/**
 * `await (x)` is a call in a script and an await in a module, so TypeScript parses a file that has it outside of functions
 * twice, and keeps the first tree as the second one's original. The first never learns the file's path, from which the
 * imports of printed types are reckoned, and TypeScript would fail on it.
 */
function forgetFirstParse(file: TypeScript.SourceFile & { original?: TypeScript.Node | undefined }): void {
  file.original = undefined;
}

const { Completions } = fork as unknown as { Completions: object };

const exchanged = {
  Completions: { ...Completions, getCompletionsAtPositionForTslab: completionsFor(fork) },
  createWatchCompilerHost: createHost as unknown as CreateHost,
  transpileModule: (code: string, options: TypeScript.TranspileOptions) =>
    hooks.transpile(code, options, fork.transpileModule),
  sys: Object.assign(Object.create(fork.sys) as TypeScript.System, {
    // The kernel looks for changed files itself, before each cell: no watcher keeps a thread or a timer busy.
    watchFile: (path: string, changed: TypeScript.FileWatcherCallback) => {
      hooks.watch(path, changed);
      return { close: () => undefined };
    },
    watchDirectory: () => ({ close: () => undefined }),
    useCaseSensitiveFileNames: true,
    // TypeScript looks for lib.*.d.ts beside itself; bundled, it would look beside the bundle.
    getExecutingFilePath: () =>
      join(projectRoot, "node_modules/@tslab/typescript-for-tslab/lib/typescript.js"),
  }),
};

/** tslab's fork of TypeScript 5.0.4, with the exchanged functions; typed as the TypeScript that builds this project. */
export const ts: typeof TypeScript = Object.defineProperties(
  {},
  {
    ...Object.getOwnPropertyDescriptors(fork),
    ...Object.fromEntries(
      Object.entries(exchanged).map(([name, value]) => [name, { value, enumerable: true }]),
    ),
    __esModule: { value: true },
  },
) as typeof TypeScript;
