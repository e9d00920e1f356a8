/** What a cell's code and the library reach of the kernel: the object at `globalThis[Symbol.for("Jupyter.host")]`. */
import { randomUUID } from "node:crypto";
import type { NotebookHost } from "../../src/notebook/host";
import { currentCell } from "./cell";
import type { Output } from "./output";
import { portable } from "./result";

/** @param isInterrupted whether the user has interrupted the cell that is running now */
export function installHost(output: Output, isInterrupted: () => boolean): NotebookHost {
  const never = new AbortController().signal;
  const host: NotebookHost = {
    display(data, { metadata = {}, displayId, update = false } = {}) {
      output.publish(update ? "update_display_data" : "display_data", {
        data: portable(data),
        metadata,
        transient: displayId ? { display_id: displayId } : {},
      });
    },
    clearOutput({ wait = false } = {}) {
      output.publish("clear_output", { wait });
    },
    // Work that still draws when its cell is interrupted outlives it, and asks when nothing, or another cell, runs.
    interrupted: () => isInterrupted() || (currentCell.getStore()?.signal.aborted ?? false),
    get signal() {
      return currentCell.getStore()?.signal ?? never;
    },
    pending(work) {
      const cell = currentCell.getStore();
      if (!cell || cell.finished) return;
      const settled = work.then(
        () => undefined,
        () => undefined,
      );
      cell.pending.add(settled);
      void settled.then(() => cell.pending.delete(settled));
    },
  };
  Object.defineProperty(globalThis, Symbol.for("Jupyter.host"), { value: host });
  return host;
}

/** The `tslab` module as notebooks know it: `display.html(…)`, `display.png(…)` and so on, each shown at once. */
export function tslabModule(host: NotebookHost): object {
  const formats = {
    javascript: "text/javascript",
    html: "text/html",
    markdown: "text/markdown",
    latex: "text/latex",
    svg: "image/svg+xml",
    png: "image/png",
    jpeg: "image/jpeg",
    gif: "image/gif",
    pdf: "application/pdf",
    text: "text/plain",
  };
  const createDisplay = (displayId?: string): object => {
    let update = false;
    const raw = (mime: string, data: unknown): void => {
      host.display({ [mime]: data }, displayId ? { displayId, update } : {});
      update = displayId !== undefined;
    };
    const methods = Object.entries(formats).map(([name, mime]) => [
      name,
      (data: unknown) => {
        raw(mime, data);
      },
    ]);
    return { ...(Object.fromEntries(methods) as object), raw };
  };
  return {
    display: createDisplay(),
    newDisplay: () => createDisplay(randomUUID()),
    versions: { tslab: "1.0.22", typescript: "5.0.4", node: process.version },
  };
}
