/** Answers to what an editor asks about code: completion, inspection, and whether a cell is complete. */
import type { Compiler } from "./compiler";
import type { Content } from "./messages";
import { toCodePoints, toUtf16 } from "./positions";
import { ts } from "./typescript";

export function complete(compiler: Compiler, code: string, cursor: number): Content {
  const { start, end, entries } = compiler.complete(code, toUtf16(code, cursor));
  const [from, to] = [toCodePoints(code, start), toCodePoints(code, end)];
  return {
    status: "ok",
    matches: entries.map(({ name }) => name),
    cursor_start: from,
    cursor_end: to,
    metadata: {
      _jupyter_types_experimental: entries.map(({ name, kind }) => ({
        text: name,
        type: kind,
        start: from,
        end: to,
      })),
    },
  };
}

export function inspect(compiler: Compiler, code: string, cursor: number): Content {
  const position = toUtf16(code, cursor);
  const info = compiler.inspect(code, position) ?? compiler.inspect(code, calleeBefore(code, position));
  if (!info) return { status: "ok", found: false, data: {}, metadata: {} };
  const { signature, documentation } = info;
  return {
    status: "ok",
    found: true,
    data: {
      "text/plain": `${signature}\n\n${documentation}`.trim(),
      "text/markdown": `\`\`\`typescript\n${signature}\n\`\`\`\n\n${documentation}`.trim(),
    },
    metadata: {},
  };
}

/** Inside the brackets of a call, what the reader wants to know is the function: where its name ends. */
function calleeBefore(code: string, position: number): number {
  let depth = 0;
  for (let at = position - 1; at >= 0; at--) {
    if (")]}".includes(code[at])) depth++;
    else if ("([{".includes(code[at]) && depth-- === 0) return at;
  }
  return position;
}

/** Whether Enter should run the code or begin a new line. */
export function isComplete(code: string): Content {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.Latest, true);
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: { start: number; code: number }[] };
  if (parseDiagnostics.length === 0) return { status: "complete" };
  const unfinished =
    parseDiagnostics.every(({ code: number }) => number !== unterminatedString) &&
    parseDiagnostics.every((one) => one.start >= code.trimEnd().length || unterminated.has(one.code));
  return unfinished ? { status: "incomplete", indent: indentAfter(code) } : { status: "invalid" };
}

/** Strings end on the line on which they began. */
const unterminatedString = 1002;
/** Unterminated template literal, comment ("*\/ expected"). */
const unterminated = new Set([1160, 1010]);

/** The last line's indentation, two spaces more after an opening bracket. */
function indentAfter(code: string): string {
  const last = code.trimEnd().split("\n").at(-1) ?? "";
  const indent = /^\s*/.exec(last)![0];
  return /[{([]$/.test(last) ? `${indent}  ` : indent;
}
