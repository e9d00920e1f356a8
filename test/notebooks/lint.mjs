// @ts-check
/** Lints notebooks with type information: each is read as one module, its cells one after the other. */
import { Linter } from "eslint";
import eslint from "@eslint/js";
import { join } from "node:path";
import ts from "typescript";
import tseslint from "typescript-eslint";
import { paths } from "../../kernel-setup/setup/environment.mjs";
import { labelOf, readNotebook, sourceOf } from "./files.mjs";

/** @typedef {import("./files.mjs").Defect} Defect */
/** @typedef {{ label: string, first: number }} Section  of a module: a cell and the number of its first line */
/** @typedef {{ file: string, text: string, sections: Section[] }} Module */

/** Where a notebook differs from a module. */
const cellRules = {
  // The last expression is the cell's result.
  "@typescript-eslint/no-unused-expressions": "off",
  // A cell may declare a name again.
  "no-redeclare": "off",
  // What a cell defines may be for the reader to play with, and an unanswered exercise does not use its arguments.
  "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^(?!_)", args: "none" }],
};

/** @type {ts.CompilerOptions} */
const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ES2022,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2023.d.ts"],
  types: ["node"],
  typeRoots: [join(paths.root, "node_modules", "@types")],
  paths: {
    diffusion: [join(paths.distLib, "index.d.ts")],
    // As in the kernel: with the operations as methods.
    "@tensorflow/tfjs-core": [join(paths.root, "dist", "types", "tfjs-core.d.ts")],
    "*": [join(paths.root, "node_modules", "*")],
  },
  strict: true,
  skipLibCheck: true,
  noEmit: true,
};

/**
 * @param {string[]} notebooks  paths
 * @returns {Map<string, Defect[]>} by path
 */
export function inspectStyle(notebooks) {
  const modules = new Map(notebooks.map((path) => [path, moduleOf(path)]));
  const config = configuration(programOf([...modules.values()]));
  const linter = new Linter({ configType: "flat", cwd: paths.root });
  return new Map(
    [...modules].map(([path, { file, text, sections }]) => {
      const messages = linter.verify(text, config, file);
      const own = messages.filter((message) => !isResult(message, text));
      return [path, own.map((message) => defectOf(message, sections))];
    }),
  );
}

/**
 * @param {string} path
 * @returns {Module}
 */
function moduleOf(path) {
  let text = "";
  /** @type {Section[]} */
  const sections = [];
  for (const [index, cell] of readNotebook(path).cells.entries()) {
    if (cell.cell_type !== "code") continue;
    sections.push({ label: labelOf(cell, index), first: text.split("\n").length });
    // Cells end where they end, even without a semicolon.
    text += `${sourceOf(cell)}\n;\n`;
  }
  return { file: `${path}.ts`, text: `${text}export {};\n`, sections };
}

/** @param {Module[]} modules */
function programOf(modules) {
  const texts = new Map(modules.map(({ file, text }) => [file, text]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.getSourceFile = (file, version, ...rest) => {
    const text = texts.get(file);
    return text === undefined
      ? getSourceFile(file, version, ...rest)
      : ts.createSourceFile(file, text, version, true);
  };
  return ts.createProgram([...texts.keys()], options, host);
}

/**
 * @param {ts.Program} program
 * @returns {Linter.Config[]}
 */
function configuration(program) {
  const configs = [eslint.configs.recommended, ...tseslint.configs.recommendedTypeChecked];
  return /** @type {Linter.Config[]} */ ([
    ...configs.map((config) => ({ ...config, files: ["**/*.ts"] })),
    {
      files: ["**/*.ts"],
      languageOptions: { parserOptions: { programs: [program] } },
      rules: cellRules,
    },
  ]);
}

/**
 * A cell's last expression is shown by the kernel, which awaits it.
 * @param {Linter.LintMessage} message
 * @param {string} text
 */
function isResult({ ruleId, endLine = 0 }, text) {
  return ruleId === "@typescript-eslint/no-floating-promises" && text.split("\n")[endLine] === ";";
}

/**
 * @param {Linter.LintMessage} message
 * @param {Section[]} sections
 * @returns {Defect}
 */
function defectOf({ line, message, ruleId }, sections) {
  const section = sections.findLast(({ first }) => first <= line);
  const place = section ? `line ${line - section.first + 1}: ` : "";
  return { ...(section && { cell: section.label }), message: `${place}${message} (${ruleId ?? "syntax"})` };
}
