import { bundleOf, type MimeBundle } from "./show";

/** What the kernel offers to the library while a cell runs. */
export interface NotebookHost {
  display(
    data: MimeBundle,
    options?: { metadata?: Record<string, unknown>; displayId?: string; update?: boolean },
  ): void;
  clearOutput(options?: { wait?: boolean }): void;
  /** True once the user has interrupted the running cell; true also while JavaScript never yields. Cheap. */
  interrupted(): boolean;
  /** Aborted by an interrupt of the cell that called for it. */
  readonly signal: AbortSignal;
  /** Keeps the cell busy until the work has settled, so that a picture drawn without `await` is not lost. */
  pending?(work: Promise<unknown>): void;
}

/** Thrown by library functions at the first step after the user interrupts the cell. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  constructor(message = "The cell was interrupted.") {
    super(message);
  }
}

/** The kernel's side, or undefined outside a notebook. */
export function notebookHost(): NotebookHost | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for("Jupyter.host")] as NotebookHost | undefined;
}

/** Ends a long computation once the user has interrupted the cell. Call it at every step; it is cheap.
 * @throws InterruptedError after an interrupt; never outside a notebook. */
export function checkInterrupt(): void {
  if (notebookHost()?.interrupted()) throw new InterruptedError();
}

/** The signal that an interrupt of the running cell aborts, for `fetch`, timers and streams; undefined outside a notebook. */
export function interruptSignal(): AbortSignal | undefined {
  return notebookHost()?.signal;
}

/** Shows a value below the running cell; outside a notebook prints its text.
 * Values whose picture is ready at once are shown before `display` returns; figures take a moment, so
 * `await display(figure)` keeps the order of what follows. */
export function display(value: unknown): Promise<void> {
  return whenReady(bundleOf(value), (bundle) => {
    show(bundle, {});
  });
}

/** A picture on the page that can be replaced. */
export interface DisplayHandle {
  /** Replaces the picture. Of several updates the latest wins, however long each takes to draw. */
  update(value: unknown): Promise<void>;
}

/** Shows a value and gives the handle by which it is replaced in place; outside a notebook each version is printed. */
export function displayUpdatable(value: unknown): DisplayHandle {
  const displayId = `diffusion-${process.pid}-${++handles}`;
  let latest = 0;
  let shown = 0;
  const draw = (next: unknown): Promise<void> => {
    const version = ++latest;
    return whenReady(bundleOf(next), (bundle) => {
      if (version < shown) return;
      show(bundle, { displayId, update: shown > 0 });
      shown = version;
    });
  };
  void draw(value);
  return { update: draw };
}
let handles = 0;

/** Empties the output of the running cell; with `wait`, when the next output arrives (no flicker). */
export function clearOutput(options: { wait?: boolean } = {}): void {
  notebookHost()?.clearOutput(options);
}

function show(bundle: MimeBundle, options: { displayId?: string; update?: boolean }): void {
  const host = notebookHost();
  if (host) host.display(bundle, options);
  else console.log(bundle["text/plain"] ?? "");
}

function whenReady(
  bundle: MimeBundle | Promise<MimeBundle>,
  then: (bundle: MimeBundle) => void,
): Promise<void> {
  if (isPromise(bundle)) {
    const work = bundle.then(then);
    notebookHost()?.pending?.(work);
    return work;
  }
  then(bundle);
  return Promise.resolve();
}

/** Not by `instanceof`: the kernel may run cells in a context with a Promise of its own. */
function isPromise(bundle: MimeBundle | Promise<MimeBundle>): bundle is Promise<MimeBundle> {
  return typeof bundle.then === "function";
}
