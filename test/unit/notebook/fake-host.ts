import type { NotebookHost } from "../../../src/notebook/host";
import type { MimeBundle } from "../../../src/notebook/show";

const key = Symbol.for("Jupyter.host");

/** A kernel that only writes down what it is told. */
export class FakeHost implements NotebookHost {
  readonly shown: { data: MimeBundle; displayId?: string; update?: boolean }[] = [];
  readonly cleared: object[] = [];
  readonly work: Promise<unknown>[] = [];
  private readonly controller = new AbortController();
  readonly signal = this.controller.signal;

  display(data: MimeBundle, options: { displayId?: string; update?: boolean } = {}): void {
    this.shown.push({ data, ...options });
  }
  clearOutput(options: object = {}): void {
    this.cleared.push(options);
  }
  interrupted(): boolean {
    return this.signal.aborted;
  }
  pending(work: Promise<unknown>): void {
    this.work.push(work);
  }
  interrupt(): void {
    this.controller.abort();
  }
}

/** Runs a test inside a notebook. */
export function withHost<T>(run: (host: FakeHost) => T): () => Promise<T> {
  return async () => {
    const host = new FakeHost();
    (globalThis as Record<symbol, unknown>)[key] = host;
    try {
      return await run(host);
    } finally {
      (globalThis as Record<symbol, unknown>)[key] = undefined;
    }
  };
}
