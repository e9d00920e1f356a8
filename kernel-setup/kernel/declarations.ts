/** The declaration text that tslab carries from cell to cell. */
import type TypeScript from "typescript";
import { ts } from "./typescript";

/** Names that stand for values at run time: variables, functions, classes and enums, not types. */
export function declaredValues(declarations: string): string[] {
  return parse(declarations).statements.flatMap(valueNames);
}

/** The same text without the named values. */
export function dropDeclarations(declarations: string, names: readonly string[]): string {
  if (names.length === 0) return declarations;
  const dropped = new Set(names);
  const file = parse(declarations);
  return file.statements
    .filter((statement) => !valueNames(statement).some((name) => dropped.has(name)))
    .map((statement) => statement.getFullText(file))
    .join("");
}

function parse(declarations: string): TypeScript.SourceFile {
  return ts.createSourceFile("declarations.d.ts", declarations, ts.ScriptTarget.Latest, true);
}

function valueNames(statement: TypeScript.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const declares =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return declares && statement.name ? [statement.name.text] : [];
}
