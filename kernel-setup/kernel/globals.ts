/**
 * The global names that a cell may use.
 *
 * Checking against all of Node's types costs a second at start-up and 60 MB, so cells begin with the handful of globals
 * below; the first cell that uses another of Node's globals or modules brings Node's types in.
 */
import { builtinModules } from "node:module";

/** Declarations that every cell sees: what Node shares with the browser and a notebook uses all the time. */
export const commonGlobals = `
interface Console {
  log(...data: unknown[]): void; info(...data: unknown[]): void; warn(...data: unknown[]): void;
  error(...data: unknown[]): void; debug(...data: unknown[]): void; trace(...data: unknown[]): void;
  table(data: unknown, columns?: readonly string[]): void; dir(item: unknown, options?: object): void;
  group(...label: unknown[]): void; groupEnd(): void; count(label?: string): void; countReset(label?: string): void;
  time(label?: string): void; timeLog(label?: string, ...data: unknown[]): void; timeEnd(label?: string): void;
  assert(condition?: boolean, ...data: unknown[]): void;
}
declare var console: Console;
declare var performance: { now(): number; readonly timeOrigin: number };
interface Timer { ref(): this; unref(): this; hasRef(): boolean; [Symbol.toPrimitive](): number }
declare function setTimeout(callback: (_: void) => void, ms?: number): Timer;
declare function setTimeout<A extends unknown[]>(callback: (...args: A) => void, ms?: number, ...args: A): Timer;
declare function setInterval<A extends unknown[]>(callback: (...args: A) => void, ms?: number, ...args: A): Timer;
declare function setImmediate(callback: (_: void) => void): object;
declare function setImmediate<A extends unknown[]>(callback: (...args: A) => void, ...args: A): object;
declare function clearTimeout(timer?: Timer | number): void;
declare function clearInterval(timer?: Timer | number): void;
declare function clearImmediate(timer?: object): void;
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(value: T): T;
interface AbortSignal {
  readonly aborted: boolean; readonly reason: any; throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
interface AbortController { readonly signal: AbortSignal; abort(reason?: unknown): void }
declare var AbortController: { new (): AbortController };
declare var AbortSignal: { abort(reason?: unknown): AbortSignal; timeout(ms: number): AbortSignal };
interface TextEncoder { encode(text?: string): Uint8Array }
declare var TextEncoder: { new (): TextEncoder };
interface TextDecoder { decode(bytes?: ArrayBufferView | ArrayBuffer): string }
declare var TextDecoder: { new (encoding?: string): TextDecoder };
`;

/** Declarations instead of the ones above once a cell needs more of Node. */
export const nodeGlobals = `/// <reference types="node" />\n`;

const declared = new Set(
  [...commonGlobals.matchAll(/(?:var|function|interface) (\w+)/g)].map(([, name]) => name),
);
const nodeOnly = [
  ...Object.getOwnPropertyNames(globalThis).filter((name) => !declared.has(name)),
  "require",
  "__dirname",
  "__filename",
  "NodeJS",
].filter((name) => !(name in standardLibrary()));
const nodeNames = new RegExp(`\\b(?:${nodeOnly.join("|")})\\b`);
const nodeModules = new RegExp(
  `(?:from|import|require\\()\\s*\\(?["'](?:node:|(?:${builtinModules.filter((name) => !name.startsWith("_")).join("|")})["'/])`,
);

/** Whether a cell uses names or modules that only Node's own types declare. */
export function usesNodeTypes(code: string): boolean {
  return nodeModules.test(code) || nodeNames.test(code);
}

/** The globals of the language itself, which lib.es2022.d.ts declares: those of a fresh realm without Node. */
function standardLibrary(): Record<string, unknown> {
  return Object.fromEntries(
    (
      "Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp " +
      "Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError globalThis JSON Math Intl " +
      "ArrayBuffer Atomics Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array " +
      "Uint8ClampedArray BigUint64Array BigInt64Array DataView Map BigInt Set WeakMap WeakSet WeakRef Proxy Reflect " +
      "FinalizationRegistry SharedArrayBuffer decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval"
    )
      .split(" ")
      .map((name) => [name, true]),
  );
}
