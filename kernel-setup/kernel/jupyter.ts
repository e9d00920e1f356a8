/**
 * The Jupyter thread: sockets, message order and interrupts.
 *
 * It never runs a user's code, so it answers while the main thread computes: heartbeats, kernel information and
 * interrupts at once, and whatever the running cell prints within milliseconds, even from a loop that never yields.
 */
import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { Reply, Router, XPublisher } from "zeromq";
import { createHistory } from "./history";
import { kernelInfo } from "./kernel-info";
import type { Content, JupyterThreadData, Request, ToJupyter, ToMain } from "./messages";
import { createOutbox, type Outbox } from "./outbox";
import { createWire, type Connection, type Message } from "./wire";

const { shared, connectionFile } = workerData as JupyterThreadData;
const main = parentPort!;
const connection = JSON.parse(readFileSync(connectionFile, "utf8")) as Connection;
const wire = createWire(connection);
const history = createHistory();

// No high-water mark and no time limit: zeromq would otherwise drop messages of a cell that prints faster than they leave.
const unlimited = { sendHighWaterMark: 0, receiveHighWaterMark: 0, sendTimeout: -1 };
const shell = new Router(unlimited);
const control = new Router(unlimited);
const stdin = new Router(unlimited);
const iopub = new XPublisher({ ...unlimited, verbosity: "allSubs" });
const heartbeat = new Reply();

const outbox: Outbox = createOutbox(wire, iopub, shared.backlog);
/** Every message that may still have output, by the id that the main thread uses. */
const parents = new Map<number, Message>();
const waiting = new Map<number, (reply: Extract<ToJupyter, { type: "reply" }>) => void>();
let lastId = 0;
let executionCount = 0;
let executing = 0;

main.on("message", (message: ToJupyter) => {
  const parent = parents.get(message.id);
  if (message.type === "reply") waiting.get(message.id)?.(message);
  else if (message.type === "stream") outbox.stream(parent?.header, message.name, message.text);
  else outbox.publish(parent?.header, message.kind, message.content);
});

void start();

async function start(): Promise<void> {
  const address = (port: number) => `${connection.transport}://${connection.ip}:${port}`;
  await Promise.all([
    shell.bind(address(connection.shell_port)),
    control.bind(address(connection.control_port)),
    stdin.bind(address(connection.stdin_port)),
    iopub.bind(address(connection.iopub_port)),
    heartbeat.bind(address(connection.hb_port)),
  ]);
  void echoHeartbeats();
  void welcomeSubscribers();
  void serveControl();
  void serveShell();
  endWithParent();
  outbox.publish(undefined, "status", { execution_state: "starting" });
}

async function echoHeartbeats(): Promise<void> {
  for await (const frames of heartbeat) await heartbeat.send(frames);
}

/** Tells each new subscriber that it is connected (JEP 65), so that it need not guess when output will arrive. */
async function welcomeSubscribers(): Promise<void> {
  for await (const [frame] of iopub) {
    if (frame[0] !== 1) continue;
    const subscription = frame.subarray(1).toString("utf8");
    outbox.publish(undefined, "iopub_welcome", { subscription }, subscription);
  }
}

/** Requests on the shell are answered one after another, in the order in which they came. */
async function serveShell(): Promise<void> {
  const queue: Message[] = [];
  let wake = (): void => undefined;
  void (async () => {
    for await (const frames of shell) {
      const message = wire.decode(frames);
      if (message) queue.push(message);
      wake();
    }
  })();
  for (;;) {
    const message = queue.shift();
    if (!message) {
      await new Promise<void>((resolve) => (wake = resolve));
      continue;
    }
    // What is queued at the moment of an error was sent before the sender could know of it.
    let behind: Message[] = [];
    await answer(shell, message, (reply) => {
      if (stopsQueue(message, reply)) behind = queue.splice(0);
    });
    for (const next of behind) await (isExecute(next) ? abort(next) : answer(shell, next));
  }
}

const isExecute = (message: Message): boolean => message.header.msg_type === "execute_request";

const stopsQueue = (message: Message, reply: Content): boolean =>
  isExecute(message) && reply.status === "error" && message.content.stop_on_error !== false;

function abort(message: Message): Promise<void> {
  return respond(shell, message, () =>
    Promise.resolve({ status: "aborted", execution_count: executionCount }),
  );
}

async function serveControl(): Promise<void> {
  for await (const frames of control) {
    const message = wire.decode(frames);
    if (message) void answer(control, message);
  }
}

function answer(socket: Router, message: Message, beforeReply?: (reply: Content) => void): Promise<void> {
  const handler = handlers[message.header.msg_type];
  return respond(socket, message, handler && (() => handler(message)), beforeReply);
}

/** The frame around every request: busy, the reply with everything printed before it, idle. */
async function respond(
  socket: Router,
  message: Message,
  handler?: () => Promise<Content | undefined>,
  beforeReply?: (reply: Content) => void,
): Promise<void> {
  outbox.publish(message.header, "status", { execution_state: "busy" });
  const reply = await handler?.();
  await outbox.flush();
  if (reply) {
    beforeReply?.(reply);
    const kind = message.header.msg_type.replace("_request", "_reply");
    await socket.send(wire.encode(message.identities, kind, message.header, reply));
  }
  outbox.publish(message.header, "status", { execution_state: "idle" });
  await outbox.flush();
}

const handlers: Partial<Record<string, (message: Message) => Promise<Content | undefined>>> = {
  kernel_info_request: () => Promise.resolve(kernelInfo),
  execute_request: execute,
  complete_request: ({ content }) => ask({ type: "complete", ...codeAndCursor(content) }),
  inspect_request: ({ content }) => ask({ type: "inspect", ...codeAndCursor(content) }),
  is_complete_request: ({ content }) => ask({ type: "isComplete", code: String(content.code) }),
  history_request: ({ content }) => Promise.resolve({ status: "ok", history: history.query(content) }),
  comm_info_request: () => Promise.resolve({ status: "ok", comms: {} }),
  // No cell can register a target, so whoever opens a comm learns at once that nobody is there.
  comm_open: ({ header, content }) => {
    outbox.publish(header, "comm_close", { comm_id: content.comm_id, data: {} });
    return Promise.resolve(undefined);
  },
  interrupt_request: () => Promise.resolve(interrupt()),
  shutdown_request: ({ content }) => {
    setTimeout(() => void shutdown(), 50);
    return Promise.resolve({ status: "ok", restart: content.restart === true });
  },
};

async function execute(message: Message): Promise<Content> {
  const { content } = message;
  const code = String(content.code);
  const silent = content.silent === true;
  const stored = !silent && content.store_history !== false;
  if (stored) history.add((executionCount += 1), code);
  if (!silent) outbox.publish(message.header, "execute_input", { code, execution_count: executionCount });
  const signalMissing = await isSignalMissing();
  const id = register(message);
  executing = id;
  const { content: reply, result } = await request({
    type: "execute",
    expressions: (content.user_expressions ?? {}) as Record<string, string>,
    id,
    code,
    count: executionCount,
    silent,
    signalMissing,
  });
  executing = 0;
  if (stored && result !== undefined) history.setOutput(executionCount, result);
  return { execution_count: executionCount, ...reply };
}

function codeAndCursor(content: Content): { code: string; cursor: number } {
  return { code: String(content.code), cursor: Number(content.cursor_pos) };
}

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

async function ask(what: WithoutId<Request>): Promise<Content> {
  return (await request({ ...what, id: (lastId += 1) })).content;
}

function request(what: Request): Promise<Extract<ToJupyter, { type: "reply" }>> {
  return new Promise((resolve) => {
    waiting.set(what.id, (reply) => {
      waiting.delete(what.id);
      resolve(reply);
    });
    main.postMessage(what satisfies ToMain);
  });
}

function register(message: Message): number {
  parents.set((lastId += 1), message);
  return lastId;
}

/**
 * First the cell is asked to stop by itself, so that its `finally` blocks run: its loops read the shared word, and its
 * waits end with the message. What does neither (a library's loop, a regular expression, a child process) gets the signal.
 */
function interrupt(): Content {
  const id = executing;
  if (id && id !== Atomics.load(shared.interrupted, 0)) {
    Atomics.store(shared.interrupted, 0, id);
    main.postMessage({ type: "interrupt", id } satisfies ToMain);
    clearInterval(insisting);
    insisting = setInterval(insist, patience, id);
  }
  return { status: "ok" };
}

const patience = 150;
let insisting: NodeJS.Timeout | undefined;

function insist(id: number): void {
  if (executing !== id) clearInterval(insisting);
  else if (!isSignalUnderway()) raiseInterrupt();
}

let signalsSent = 0;
let lastSignal = -Infinity;
const longestWayOfSignal = 200;

const isSignalUnderway = (): boolean =>
  Atomics.load(shared.signals, 0) < signalsSent && Date.now() < lastSignal + longestWayOfSignal;

/** A signal that is still on its way must not meet the next cell. True: one was sent and never arrived. */
async function isSignalMissing(): Promise<boolean> {
  while (isSignalUnderway()) await new Promise((resolve) => setTimeout(resolve, 5));
  const arrived = Atomics.load(shared.signals, 0);
  const missing = arrived < signalsSent;
  signalsSent = arrived;
  return missing;
}

/** To the kernel's whole process group, as Ctrl-C in a terminal does: a cell may be waiting for a child process. */
function raiseInterrupt(): void {
  signalsSent += 1;
  lastSignal = Date.now();
  try {
    process.kill(-process.pid, "SIGINT");
  } catch {
    process.kill(process.pid, "SIGINT"); // the kernel does not lead a group
  }
}

/** Lets the main thread end the process; a main thread that is too busy is ended from here. */
async function shutdown(): Promise<void> {
  await outbox.flush();
  for (const socket of [shell, control, stdin, iopub, heartbeat]) socket.close();
  main.postMessage({ type: "shutdown" } satisfies ToMain);
  await new Promise((resolve) => setTimeout(resolve, 500));
  process.kill(process.pid, "SIGKILL");
}

/** A kernel whose server was killed would live on for ever. */
function endWithParent(): void {
  const parent = Number(process.env.JPY_PARENT_PID);
  if (!parent) return;
  setInterval(() => {
    if (process.ppid !== parent && !isAlive(parent)) void shutdown();
  }, 1000).unref();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
