// @ts-check
/** Type-checks notebooks as the kernel would, cell after cell, without running them. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { paths } from "../../kernel-setup/setup/environment.mjs";
import { labelOf, readNotebook, sourceOf } from "./files.mjs";

/** @typedef {{ messageText: string, code: number, start: { line: number } }} Diagnostic  lines count from zero */
/**
 * The kernel's compiler, see kernel-setup/kernel/compiler.ts.
 * @typedef {{ compile(code: string): void, commit(finished: boolean, hasValue: (name: string) => boolean): void }} Compiler
 */

const { createCompiler } = createRequire(import.meta.url)(join(paths.distKernel, "compiler.cjs"));

/**
 * @param {string} path
 * @returns {import("./files.mjs").Defect[]}
 */
export function inspectTypes(path) {
  // Relative imports start at the notebook, as in Jupyter.
  process.chdir(dirname(path));
  /** @type {Compiler} */
  const compiler = createCompiler(paths.root);
  return readNotebook(path).cells.flatMap((cell, index) => {
    if (cell.cell_type !== "code") return [];
    try {
      compiler.compile(sourceOf(cell));
      compiler.commit(true, () => true);
      return [];
    } catch (error) {
      /** @type {Diagnostic[] | undefined} */
      const diagnostics = /** @type {any} */ (error).diagnostics;
      if (!diagnostics) throw error;
      return diagnostics.map(({ start, code, messageText }) => ({
        cell: labelOf(cell, index),
        message: `line ${start.line + 1}: ${messageText} (TS${code})`,
      }));
    }
  });
}
