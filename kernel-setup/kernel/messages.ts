/** What the two threads of the kernel say to each other. */

/** A request that the main thread answers; `id` names it in every later message. */
export type Request =
  | {
      readonly type: "execute";
      readonly id: number;
      readonly code: string;
      readonly count: number;
      readonly silent: boolean;
      /** A signal for an earlier cell was sent and never arrived. */
      readonly signalMissing: boolean;
      /** `user_expressions`: evaluated after the cell, by name. */
      readonly expressions: Readonly<Record<string, string>>;
    }
  | { readonly type: "complete"; readonly id: number; readonly code: string; readonly cursor: number }
  | { readonly type: "inspect"; readonly id: number; readonly code: string; readonly cursor: number }
  | { readonly type: "isComplete"; readonly id: number; readonly code: string };

/** From the Jupyter thread to the main thread. */
export type ToMain =
  | Request
  /** The user interrupts the execute request `id`. */
  | { readonly type: "interrupt"; readonly id: number }
  | { readonly type: "shutdown" };

/** From the main thread to the Jupyter thread. */
export type ToJupyter =
  | { readonly type: "reply"; readonly id: number; readonly content: Content; readonly result?: string }
  | { readonly type: "publish"; readonly id: number; readonly kind: string; readonly content: Content }
  | { readonly type: "stream"; readonly id: number; readonly name: StreamName; readonly text: string };

export type StreamName = "stdout" | "stderr";

/** The content of a Jupyter message: JSON. */
export type Content = Record<string, unknown>;

/** Memory that both threads see, so that they reach each other even while JavaScript never yields. */
export interface Shared {
  /** [0]: the id of the execute request that the user interrupted. */
  readonly interrupted: Int32Array;
  /** [0]: characters of output sent to the Jupyter thread and not yet passed on. */
  readonly backlog: Int32Array;
  /** [0]: signals that have reached the main thread. */
  readonly signals: Int32Array;
}

export const createShared = (): Shared => ({
  interrupted: new Int32Array(new SharedArrayBuffer(4)),
  backlog: new Int32Array(new SharedArrayBuffer(4)),
  signals: new Int32Array(new SharedArrayBuffer(4)),
});

/** What the Jupyter thread starts with. */
export interface JupyterThreadData {
  readonly shared: Shared;
  readonly connectionFile: string;
}
