/** What was executed in this session, for `history_request`. */
import type { Content } from "./messages";

interface Entry {
  readonly count: number;
  readonly input: string;
  output: string | null;
}

export interface History {
  add(count: number, input: string): void;
  setOutput(count: number, output: string): void;
  /** The reply's `history`: tuples of session, line number and input, or [input, output]. */
  query(request: Content): unknown[];
}

const session = 1;

export function createHistory(): History {
  const entries: Entry[] = [];
  return {
    add(count, input) {
      entries.push({ count, input, output: null });
    },
    setOutput(count, output) {
      const entry = entries.findLast((one) => one.count === count);
      if (entry) entry.output = output;
    },
    query(request) {
      const withOutput = request.output === true;
      return select(entries, request).map(({ count, input, output }) => [
        session,
        count,
        withOutput ? [input, output] : input,
      ]);
    },
  };
}

function select(entries: readonly Entry[], request: Content): Entry[] {
  switch (request.hist_access_type) {
    case "range":
      return selectRange(entries, request);
    case "search":
      return selectMatching(entries, request);
    default:
      return lastOf(entries, request.n);
  }
}

/** Lines start <= line < stop of this session (0 or 1), or of sessions before it (negative): none are kept. */
function selectRange(entries: readonly Entry[], { session: which, start, stop }: Content): Entry[] {
  if (which !== undefined && which !== 0 && which !== session) return [];
  const from = typeof start === "number" ? start : 0;
  const to = typeof stop === "number" ? stop : Infinity;
  return entries.filter(({ count }) => count >= from && count < to);
}

function selectMatching(entries: readonly Entry[], { pattern, unique, n }: Content): Entry[] {
  const matches = glob(typeof pattern === "string" ? pattern : "*");
  const found = entries.filter(({ input }) => matches.test(input));
  const kept = unique === true ? [...new Map(found.map((entry) => [entry.input, entry])).values()] : found;
  return lastOf(kept, n);
}

function lastOf(entries: readonly Entry[], n: unknown): Entry[] {
  return typeof n === "number" ? entries.slice(-n || entries.length) : [...entries];
}

/** Jupyter's search patterns: `*` any text, `?` any character. */
function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`);
}
