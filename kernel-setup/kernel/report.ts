/** How errors are shown: what went wrong, where in the written code, and nothing of the kernel. */
import { join, relative, sep } from "node:path";
import { inspect } from "node:util";
import type { CompileError } from "./compiler";
import type { Content } from "./messages";
import type { SourceMaps } from "./source-maps";
import { isCellFile, type Frame, type Stacks } from "./stack";

/** The content of a Jupyter `error` message. */
export interface ErrorReport extends Content {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: string[];
}

export interface Reporter {
  /** An error that code threw. */
  thrown(error: unknown): ErrorReport;
  /** What TypeScript said about a cell. */
  compile(error: CompileError, code: string, cell: string): ErrorReport;
}

const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
const blue = (text: string): string => `\u001b[34m${text}\u001b[39m`;
const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`;
const faint = (text: string): string => `\u001b[2m${text}\u001b[22m`;

const linesAround = 2;
const mostFrames = 12;

export function createReporter(root: string, maps: SourceMaps, stacks: Stacks): Reporter {
  const trace = (error: unknown): string[] => {
    const frames = relevant(stacks.framesOf(error), join(root, "node_modules") + sep);
    const shown = frames.slice(0, mostFrames).flatMap((frame, depth) => {
      const where = `  at ${frame.name ? `${frame.name}, ` : ""}${blue(placeName(frame, root))}`;
      const code = depth === 0 || isCellFile(frame.file) ? excerpt(maps.sourceOf(frame.file), frame) : [];
      return [where, ...code];
    });
    return frames.length > mostFrames ? [...shown, `  … ${frames.length - mostFrames} more`] : shown;
  };

  const withCauses = (error: unknown, seen: Set<unknown>): string[] => {
    if (!(error instanceof Error) || seen.has(error)) return [];
    seen.add(error);
    const inner = (title: string, one: unknown): string[] => [
      "",
      `${title} ${headline(one)}`,
      ...trace(one),
      ...withCauses(one, seen),
    ];
    const parts = error instanceof AggregateError ? (error.errors as unknown[]) : [];
    return [
      ...(error.cause === undefined ? [] : inner("Caused by", error.cause)),
      ...parts.flatMap((one, index) => inner(`[${index + 1}]`, one)),
    ];
  };

  return {
    thrown(error) {
      const { ename, evalue } = nameAndMessage(error);
      return {
        ename,
        evalue,
        traceback: [headline(error), ...trace(error), ...withCauses(error, new Set())],
      };
    },
    compile({ diagnostics }, code, cell) {
      const reports = gather(diagnostics).map(({ place, fileName, code: number, lines }) => {
        const file = fileName ?? cell;
        const [first = "", ...more] = lines;
        return {
          line: `${file}:${place.line}:${place.column} - TS${number}: ${lines.join("\n")}`,
          traceback: [
            `${bold(red(`TS${number}`))} ${bold(first)}`,
            ...more.map((line, depth) => `${"  ".repeat(depth + 1)}${line}`),
            `  at ${blue(`${file}, line ${place.line}, column ${place.column}`)}`,
            ...excerpt(fileName ? maps.sourceOf(fileName) : code, place),
          ],
        };
      });
      return {
        ename: "TypeScriptError",
        evalue: reports.map(({ line }) => line).join("\n"),
        traceback: reports.flatMap(({ traceback }, index) => (index ? ["", ...traceback] : traceback)),
      };
    },
  };
}

function nameAndMessage(error: unknown): { ename: string; evalue: string } {
  if (!(error instanceof Error))
    return { ename: "Thrown", evalue: typeof error === "string" ? error : inspect(error) };
  return { ename: error.name || "Error", evalue: error.message };
}

function headline(error: unknown): string {
  const { ename, evalue } = nameAndMessage(error);
  return evalue ? `${bold(red(ename))}: ${evalue}` : bold(red(ename));
}

/** The project's packages between the throw and the reader's code say little: their frames count only where nothing
 * else is left. */
function relevant(frames: readonly Frame[], packages: string): readonly Frame[] {
  const own = frames.filter(({ file }) => !file.startsWith(packages));
  return own.length > 0 ? own : frames;
}

function placeName({ file, line, column }: Frame, root: string): string {
  if (isCellFile(file)) return `${file}, line ${line}`;
  const inside = relative(root, file);
  return `${inside.startsWith("..") ? file : inside}:${line}:${column}`;
}

/** The lines around a place, with a mark under it. */
function excerpt(source: string | undefined, { line, column }: { line: number; column: number }): string[] {
  const lines = source?.split("\n");
  if (!lines || line > lines.length) return [];
  const from = Math.max(1, line - linesAround);
  const to = Math.min(lines.length, line + linesAround);
  const width = String(to).length;
  const shown: string[] = [];
  for (let number = from; number <= to; number++) {
    const text = lines[number - 1] ?? "";
    const gutter = String(number).padStart(width);
    if (number !== line) {
      shown.push(faint(`      ${gutter} | ${text}`));
      continue;
    }
    shown.push(`  ${red("→")}   ${gutter} | ${text}`);
    shown.push(`      ${" ".repeat(width)} | ${" ".repeat(Math.max(0, column - 1))}${red("^")}`);
  }
  return shown;
}

interface GatheredDiagnostic {
  readonly place: { line: number; column: number };
  readonly fileName: string | undefined;
  readonly code: number;
  readonly lines: string[];
}

/** tslab flattens TypeScript's chains of reasons into one diagnostic each; those at one place belong together. */
function gather(diagnostics: CompileError["diagnostics"]): GatheredDiagnostic[] {
  const gathered: GatheredDiagnostic[] = [];
  let last = "";
  for (const { start, end, code, messageText, fileName } of diagnostics) {
    const key = `${fileName ?? ""}:${start.offset}:${end.offset}`;
    if (key === last) gathered.at(-1)!.lines.push(messageText);
    else
      gathered.push({
        place: { line: start.line + 1, column: start.character + 1 },
        fileName,
        code,
        lines: [messageText],
      });
    last = key;
  }
  return gathered;
}
