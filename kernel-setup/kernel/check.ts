/** Type-checks the cells of a notebook without running them: the fast pass of `npm run check`. */
import { CompileError, CompilerFailure, createCompiler, type Compiler } from "./compiler";

/** A complaint about a cell; lines and columns count from 1. */
export interface CellProblem {
  readonly cell: number;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Compiles the cells in order, as if each had run.
 * @param folder the notebook's folder, from which its imports are resolved */
export function checkCells(root: string, folder: string, cells: readonly string[]): CellProblem[] {
  const compiler = compilerIn(root, folder);
  return cells.flatMap((code, cell) => {
    try {
      compiler.compile(code);
      compiler.commit(true, () => true);
      return [];
    } catch (error) {
      if (error instanceof CompilerFailure) return [{ cell, line: 1, column: 1, message: error.message }];
      if (!(error instanceof CompileError)) throw error;
      return error.diagnostics.map(({ start, code: number, messageText }) => ({
        cell,
        line: start.line + 1,
        column: start.character + 1,
        message: `TS${number}: ${messageText}`,
      }));
    }
  });
}

const compilers = new Map<string, Compiler>();

/** One for all notebooks of a folder: most of the time goes into reading the library's types. */
function compilerIn(root: string, folder: string): Compiler {
  process.chdir(folder);
  const compiler = compilers.get(folder) ?? createCompiler(root);
  compilers.set(folder, compiler);
  compiler.forget();
  return compiler;
}
