/** Where the output of a cell goes: text, displays and errors, each with the cell it belongs to. */
import { currentCell } from "./cell";
import type { Content, Shared, StreamName, ToJupyter } from "./messages";

export interface Output {
  stream(name: StreamName, text: string): void;
  publish(kind: string, content: Content, cellId?: number): void;
}

/** Output that the Jupyter thread has not passed on: beyond this, a printing loop waits for it instead of filling memory. */
const mostBacklog = 32 << 20;

/** @param latestCell the cell for output that no cell's code caused, such as an error inside Node */
export function createOutput(
  post: (message: ToJupyter) => void,
  shared: Shared,
  latestCell: () => number,
): Output {
  const cellId = (): number => currentCell.getStore()?.id ?? latestCell();
  return {
    stream(name, text) {
      if (!text) return;
      Atomics.add(shared.backlog, 0, text.length);
      post({ type: "stream", id: cellId(), name, text });
      for (let waiting = Atomics.load(shared.backlog, 0); waiting > mostBacklog;) {
        Atomics.wait(shared.backlog, 0, waiting, 100);
        waiting = Atomics.load(shared.backlog, 0);
      }
    },
    publish(kind, content, id = cellId()) {
      post({ type: "publish", id, kind, content });
    },
  };
}

/** Sends what the process prints, also through `console`, to the notebook. */
export function captureStreams(output: Output): void {
  for (const name of ["stdout", "stderr"] as const) {
    const decoder = new TextDecoder();
    const write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | ((error?: Error) => void),
      done?: (error?: Error) => void,
    ): boolean => {
      output.stream(name, typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
      const callback = typeof encoding === "function" ? encoding : done;
      if (callback) queueMicrotask(callback);
      return true;
    };
    process[name].write = write;
  }
}
