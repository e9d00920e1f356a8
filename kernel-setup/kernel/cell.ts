/** One running cell, and what its instrumented code calls; see instrument.ts. */
import { AsyncLocalStorage } from "node:async_hooks";

/** What ends a cell when the user asks for it. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super("the cell was interrupted");
  }
}

export interface Cell {
  readonly id: number;
  readonly count: number;
  readonly signal: AbortSignal;
  /** Ends every wait of the cell, now and from now on, with this reason. */
  stop(reason: unknown): void;
  /** The value, unless the cell is stopped before or while it is awaited: then the reason is thrown. */
  guard<T>(value: T | PromiseLike<T>): Promise<T>;
  /** Pictures still being drawn: the cell ends after them. */
  readonly pending: Set<Promise<unknown>>;
  finished: boolean;
}

/** The cell that started the code now running, through every timer and promise: its output belongs below that cell. */
export const currentCell = new AsyncLocalStorage<Cell>();

export function createCell(id: number, count: number): Cell {
  const abort = new AbortController();
  const waiting = new Set<(reason: unknown) => void>();
  return {
    id,
    count,
    signal: abort.signal,
    pending: new Set(),
    finished: false,
    stop(reason) {
      abort.abort(reason);
      for (const reject of waiting) reject(reason);
      waiting.clear();
    },
    // Not Promise.race: each race would hang one more reaction on a promise that lives as long as the cell.
    guard(value) {
      return new Promise((resolve, reject) => {
        if (abort.signal.aborted) throw abort.signal.reason;
        waiting.add(reject);
        const settled =
          <A>(settle: (value: A) => void) =>
          (value: A): void => {
            waiting.delete(reject);
            settle(value);
          };
        Promise.resolve(value).then(settled(resolve), settled(reject));
      });
    },
  };
}

/** What a cell's code sees under `runtimeName`. */
export interface CellRuntime {
  /** Called at every turn of every loop. @throws Interrupted */
  tick(): void;
  /** Wraps every awaited value. */
  guard(value: unknown): unknown;
  /** Wraps what `for await` goes through. */
  iterate(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncIterable<unknown>;
}

/** @param isInterrupted whether the user has interrupted the cell that is running now */
export function createRuntime(isInterrupted: () => boolean): CellRuntime {
  const guard = (value: unknown): unknown => currentCell.getStore()?.guard(value) ?? value;
  return {
    tick() {
      if (isInterrupted()) throw new Interrupted();
    },
    guard,
    async *iterate(values) {
      const iterator = asyncIterator(values);
      try {
        for (;;) {
          const next = (await guard(iterator.next())) as IteratorResult<unknown>;
          if (next.done) return;
          yield await guard(next.value);
        }
      } finally {
        await iterator.return?.();
      }
    },
  };
}

function asyncIterator(
  values: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncIterator<unknown> | Iterator<unknown> {
  return Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
}
