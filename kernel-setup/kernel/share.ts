/**
 * Makes the variables of a cell one with those of all others.
 *
 * tslab ends a cell with `export { all, its, names }`. CommonJS would freeze imported names into getters that no later
 * cell may replace, and give the cell's own functions private copies of its variables. So imported names become plain
 * properties, and a `let` or `var` that a function of the cell uses is declared with `export`: then every use of it,
 * here and in later cells, reads the shared value. The edits keep every line where it is.
 */
import type TypeScript from "typescript";
import { ts } from "./typescript";

/** The name under which the wrapper around each cell provides `exports` once more, unknown to TypeScript. */
export const exportsName = "__exports";

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** @param code the JavaScript module that tslab makes of a cell */
export function shareVariables(code: string): string {
  const file = ts.createSourceFile("cell.js", code, ts.ScriptTarget.Latest, true);
  const imports = file.statements.filter(ts.isImportDeclaration);
  const imported = imports.flatMap(importedNames);
  const shared = file.statements.filter(isReassignable).filter(isUsedInFunctions(file));
  const elsewhere = new Set([...imported, ...shared.flatMap(declaredNames)]);
  const edits: Edit[] = [
    ...shared.map((statement) => insertion(statement.getStart(), "export ")),
    ...file.statements.filter(isExportList).map((list) => withoutNames(list, elsewhere)),
  ];
  const last = imports.at(-1);
  if (last)
    edits.push(insertion(last.end, imported.map((name) => ` ${exportsName}.${name} = ${name};`).join("")));
  return apply(code, edits);
}

const insertion = (at: number, text: string): Edit => ({ start: at, end: at, text });

function apply(code: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((text, edit) => text.slice(0, edit.start) + edit.text + text.slice(edit.end), code);
}

type ExportList = TypeScript.ExportDeclaration & { readonly exportClause: TypeScript.NamedExports };

function isExportList(statement: TypeScript.Statement): statement is ExportList {
  return (
    ts.isExportDeclaration(statement) &&
    !statement.moduleSpecifier &&
    statement.exportClause !== undefined &&
    ts.isNamedExports(statement.exportClause)
  );
}

function withoutNames(list: ExportList, names: ReadonlySet<string>): Edit {
  const kept = list.exportClause.elements
    .map((element) => element.name.text)
    .filter((name) => !names.has(name));
  return { start: list.getStart(), end: list.end, text: `export { ${kept.join(", ")} };` };
}

function isReassignable(statement: TypeScript.Statement): statement is TypeScript.VariableStatement {
  return (
    ts.isVariableStatement(statement) &&
    !statement.modifiers?.length &&
    !(statement.declarationList.flags & ts.NodeFlags.Const)
  );
}

const declaredNames = (statement: TypeScript.VariableStatement): string[] =>
  statement.declarationList.declarations.flatMap((declaration) => boundNames(declaration.name));

function importedNames({ importClause }: TypeScript.ImportDeclaration): string[] {
  const { name, namedBindings } = importClause ?? {};
  const bound = !namedBindings
    ? []
    : ts.isNamespaceImport(namedBindings)
      ? [namedBindings.name]
      : namedBindings.elements.map((element) => element.name);
  return [name, ...bound].flatMap((identifier) => (identifier ? [identifier.text] : []));
}

function boundNames(name: TypeScript.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : boundNames(element.name),
  );
}

function isUsedInFunctions(
  file: TypeScript.SourceFile,
): (statement: TypeScript.VariableStatement) => boolean {
  const used = new Set<string>();
  const visit = (node: TypeScript.Node, inside: boolean): void => {
    if (inside && ts.isIdentifier(node)) used.add(node.text);
    const within = inside || ts.isFunctionLike(node) || ts.isClassLike(node);
    ts.forEachChild(node, (child) => {
      visit(child, within);
    });
  };
  visit(file, false);
  return (statement) => declaredNames(statement).some((name) => used.has(name));
}
