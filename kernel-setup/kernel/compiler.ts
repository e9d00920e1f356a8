/** Turns cells into JavaScript: tslab's converter, with the project's compiler options, source maps and library. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { TraceMap, type EncodedSourceMap } from "@jridgewell/trace-mapping";
import { createConverter, type Converter, type Diagnostic } from "tslab/dist/converter";
import type TypeScript from "typescript";
import { declaredValues, dropDeclarations } from "./declarations";
import { modified } from "./files";
import { commonGlobals, nodeGlobals, usesNodeTypes } from "./globals";
import { instrument } from "./instrument";
import { shareVariables } from "./share";
import type { MapChain } from "./source-maps";
import { hooks, ts } from "./typescript";

/** A cell that passed the type checker. */
export interface CompiledCell {
  /** The body of a function of `exports`, `require` and the names in instrument.ts. */
  readonly code: string;
  /** From positions in `code` to positions in the cell. */
  readonly map: MapChain;
  /** The export that holds the value of the cell's last expression. */
  readonly lastExpression: string | undefined;
  /** Modules beside the notebook that the cell imports, as CommonJS. */
  readonly modules: readonly CompiledModule[];
}

export interface CompiledModule {
  readonly path: string;
  readonly code: string;
  readonly map: MapChain;
}

/** What a cell's code refers to at a place. */
export interface Inspection {
  readonly signature: string;
  readonly documentation: string;
}

export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly entries: readonly { name: string; kind: string }[];
}

/** Compiler of one notebook: remembers what its cells declared. Each method may throw a CompilerFailure. */
export interface Compiler {
  /** @throws CompileError with every diagnostic. */
  compile(code: string): CompiledCell;
  /** Keeps the last compiled cell's declarations; of an unfinished cell only those of names that have a value. */
  commit(finished: boolean, hasValue: (name: string) => boolean): void;
  /** Begins another notebook in the same folder. */
  forget(): void;
  complete(code: string, position: number): Completion;
  inspect(code: string, position: number): Inspection | undefined;
}

/** A cell that TypeScript rejects. */
export class CompileError extends Error {
  override readonly name = "CompileError";
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ messageText }) => messageText).join("\n"));
  }
}

/** TypeScript failed where it should have compiled a cell or found fault with it. */
export class CompilerFailure extends Error {
  override readonly name = "CompilerFailure";
  constructor(cause: unknown) {
    const [reason = ""] = (cause instanceof Error ? cause.message : String(cause)).split(/\r?\n/);
    super(
      `TypeScript itself has failed on this cell: ${reason.slice(0, mostOfReason)}\n` +
        "The cell may well be right, but none of it has run. What earlier cells declared is still there.\n" +
        "Try the cell in smaller parts, with types written beside the names that it declares " +
        "(`const mean: number = …`); if even simple cells fail, restart the kernel.",
    );
  }
}

/** Longer reasons are dumps of TypeScript's own state. */
const mostOfReason = 200; // characters

const cannotFindModule = 2307;

/** @param root the project's folder, whose library and packages every notebook may import */
export function createCompiler(root: string): Compiler {
  let session = openConverter(root);
  let declarations = "";
  let pending = "";
  let outdated = false;

  /** Sets a converter to work on code. */
  const convert = <Result>(code: string, work: (converter: Converter) => Result): Result => {
    try {
      if (outdated) session = openConverter(root);
      outdated = false;
      session.refresh();
      if (usesNodeTypes(code)) session.useNodeTypes();
      return work(session.converter);
    } catch (error) {
      // Broken off amid its work, the converter would refuse all further work, or forget modules that it has half done.
      outdated = true;
      throw new CompilerFailure(error);
    }
  };

  return {
    compile(code) {
      const result = convert(code, (converter) => converter.convert(declarations, withoutExports(code)));
      if (result.diagnostics.length > 0) {
        // A module that was missing may be written by then; the converter would remember that it was not there.
        outdated = result.diagnostics.some((one) => one.code === cannotFindModule);
        throw new CompileError(result.diagnostics);
      }
      pending = result.declOutput ?? "";
      const mapOf = (output: string) => session.maps.get(output) ?? [];
      const cell = {
        code: result.output ?? "",
        map: mapOf(result.output ?? ""),
        lastExpression: result.lastExpressionVar,
        modules: (result.sideOutputs ?? []).map(({ path, data }) => ({ path, code: data, map: mapOf(data) })),
      };
      session.maps.clear();
      return cell;
    },
    commit(finished, hasValue) {
      const missing = finished ? [] : declaredValues(pending).filter((name) => !hasValue(name));
      declarations = dropDeclarations(pending, missing);
    },
    forget() {
      declarations = pending = "";
    },
    complete(code, position) {
      const { start, end, candidates, original } = convert(code, (converter) =>
        converter.complete(declarations, code, position),
      );
      const kinds = new Map(original?.entries.map((entry) => [entry.name, entry.kind]));
      const visible = candidates.filter((name) => !name.startsWith("tsLastExpr"));
      return { start, end, entries: visible.map((name) => ({ name, kind: kinds.get(name) ?? "" })) };
    },
    inspect(code, position) {
      const info = convert(code, (converter) => converter.inspect(declarations, code, position)) as
        TypeScript.QuickInfo | undefined;
      if (!info || isUnknown(info)) return undefined;
      const text = (parts: readonly TypeScript.SymbolDisplayPart[] | undefined) =>
        parts?.map((part) => part.text).join("") ?? "";
      const tags = info.tags?.map((tag) => `@${tag.name} ${text(tag.text)}`.trim()) ?? [];
      return {
        signature: text(info.displayParts),
        documentation: [text(info.documentation), ...tags].filter(Boolean).join("\n\n"),
      };
    },
  };
}

/** Every name of a cell is shared, so `export` before a declaration says nothing, and tslab trips over it.
 * Spaces keep the places of everything else. */
function withoutExports(code: string): string {
  if (!code.includes("export")) return code;
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest, true);
  const keywords = file.statements.flatMap((statement) =>
    ts.canHaveModifiers(statement)
      ? (ts.getModifiers(statement) ?? []).filter(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      : [],
  );
  return keywords.reduce(
    (text, { end }) => text.slice(0, end - "export".length) + " ".repeat("export".length) + text.slice(end),
    code,
  );
}

/** TypeScript calls an undeclared name `any`, and says nothing more. */
function isUnknown({ displayParts = [] }: TypeScript.QuickInfo): boolean {
  return displayParts.length === 1 && displayParts[0].text === "any";
}

interface Session {
  readonly converter: Converter;
  /** Tells TypeScript which of the notebook's own files have changed. */
  refresh(): void;
  useNodeTypes(): void;
  /** The source maps of what was emitted, by its text. */
  readonly maps: Map<string, MapChain>;
}

/** A converter whose host and transpiler are ours; see typescript.ts. */
function openConverter(root: string): Session {
  const globalsFile = join(process.cwd(), "__globals__.d.ts");
  const watched = new Map<string, { changed: TypeScript.FileWatcherCallback; seen: number }>();
  let globals = commonGlobals;
  let globalsChanged: TypeScript.FileWatcherCallback | undefined;
  const maps = new Map<string, MapChain>();

  hooks.host = (rootFiles, options, system, ...rest) => {
    const readFile = system.readFile.bind(system);
    const fileExists = system.fileExists.bind(system);
    const watchFile = system.watchFile!.bind(system);
    system.readFile = (path, encoding) => (path === globalsFile ? globals : readFile(path, encoding));
    system.fileExists = (path) => path === globalsFile || fileExists(path);
    system.watchFile = (path, changed, ...more) => {
      if (path === globalsFile) globalsChanged = changed;
      return watchFile(path, changed, ...more);
    };
    return [[...rootFiles, globalsFile], { ...options, ...compilerOptions(root) }, system, ...rest];
  };

  hooks.watch = (path, changed) => {
    if (isUserFile(path, root)) watched.set(path, { changed, seen: modified(path) });
  };

  hooks.transpile = (code, options, real) => {
    const first = inlineMap(code);
    const isCell = first?.file === "__tslab__.js";
    const output = real(isCell ? shareVariables(code) : code, {
      ...options,
      compilerOptions: { ...options.compilerOptions, sourceMap: true },
      transformers: { before: isCell ? [instrument] : [] },
    });
    const outputText = output.outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n");
    if (first && output.sourceMapText)
      maps.set(outputText, [new TraceMap(output.sourceMapText), new TraceMap(first)]);
    return { ...output, outputText };
  };

  return {
    converter: createConverter({ isJS: false, isBrowser: false }),
    refresh() {
      for (const [path, file] of watched) {
        const now = modified(path);
        if (now === file.seen) continue;
        file.seen = now;
        file.changed(
          path,
          existsSync(path) ? ts.FileWatcherEventKind.Changed : ts.FileWatcherEventKind.Deleted,
        );
      }
    },
    useNodeTypes() {
      if (globals === nodeGlobals) return;
      globals = nodeGlobals;
      globalsChanged?.(globalsFile, ts.FileWatcherEventKind.Changed);
    },
    maps,
  };
}

function compilerOptions(root: string): TypeScript.CompilerOptions {
  return {
    strict: true,
    lib: ["lib.es2023.d.ts"],
    types: [],
    typeRoots: [join(root, "node_modules", "@types")],
    baseUrl: root,
    paths: {
      diffusion: [join(root, "dist", "lib", "index.d.ts")],
      // One file instead of 300: a second less at the first import; see src/tensorflow-types.mjs.
      "@tensorflow/tfjs-core": [join(root, "dist", "types", "tfjs-core.d.ts")],
      "*": ["*", join(root, "node_modules", "*"), join(root, "node_modules", "@types", "*")],
    },
    inlineSourceMap: true,
  };
}

/** Files that change while the notebook is open; packages and the compiled library do not. */
function isUserFile(path: string, root: string): boolean {
  return !path.includes("/node_modules/") && !path.startsWith(join(root, "dist"));
}

function inlineMap(code: string): EncodedSourceMap | undefined {
  const encoded = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)/.exec(code)?.[1];
  return encoded
    ? (JSON.parse(Buffer.from(encoded, "base64").toString("utf8")) as EncodedSourceMap)
    : undefined;
}
