import { displayUpdatable, notebookHost, type DisplayHandle } from "../notebook/host";
import { displaySymbol } from "../notebook/show";
import { progressBundle } from "./html";
import { progressText, type ProgressState } from "./state";

/** Where progress is shown. */
export interface Screen {
  /** Whether a picture can be seen on it. */
  readonly pictures: boolean;
  show(state: ProgressState, picture: string): void;
}

/** A notebook if there is one, else the terminal. */
export function defaultScreen(): Screen {
  return notebookHost() ? notebookScreen() : terminalScreen(process.stderr);
}

/** One display, updated in place: however long the work, a single output is kept. */
export function notebookScreen(): Screen {
  let handle: DisplayHandle | undefined;
  return {
    pictures: true,
    show(state, picture): void {
      const page = { [displaySymbol]: () => progressBundle(state, picture) };
      if (handle) void handle.update(page);
      else handle = displayUpdatable(page);
    },
  };
}

/** What is used of a stream. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** One line that is rewritten on a terminal; in a log file a line for each tenth of the work. */
export function terminalScreen(stream: Terminal): Screen {
  let tenths = -1;
  return {
    pictures: false,
    show(state): void {
      const over = state.status !== "running";
      if (stream.isTTY) {
        const line = progressText(state).slice(0, (stream.columns ?? 80) - 1);
        stream.write(`\r\x1b[2K${line}${over ? "\n" : ""}`);
        return;
      }
      const reached = state.total ? Math.floor((10 * state.step) / state.total) : 0;
      if (over || reached > tenths) stream.write(`${progressText(state)}\n`);
      tenths = Math.max(tenths, reached);
    },
  };
}
