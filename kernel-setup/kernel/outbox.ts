/** What leaves for every connected client, in order. */
import type { XPublisher } from "zeromq";
import type { Content, StreamName } from "./messages";
import type { Header, Wire } from "./wire";

export interface Outbox {
  publish(parent: Header | undefined, kind: string, content: Content, topic?: string): void;
  /** Text is gathered for a moment, so that 200,000 lines do not become 200,000 messages. */
  stream(parent: Header | undefined, name: StreamName, text: string): void;
  /** Resolves when all that was published has been handed to the network. */
  flush(): Promise<void>;
}

const gatherMilliseconds = 20;
const gatherCharacters = 1 << 18;

/** @param backlog lowered by every character that has left; the main thread waits when it is high */
export function createOutbox(wire: Wire, socket: XPublisher, backlog: Int32Array): Outbox {
  let sending: Promise<void> = Promise.resolve();
  let gathered: { parent: Header | undefined; name: StreamName; parts: string[]; size: number } | undefined;
  let timer: NodeJS.Timeout | undefined;

  const send = (parent: Header | undefined, kind: string, content: Content, topic: string): void => {
    const frames = wire.encode([Buffer.from(topic)], kind, parent, content);
    sending = sending.then(() => socket.send(frames));
  };

  const flushStream = (): void => {
    clearTimeout(timer);
    if (!gathered) return;
    const { parent, name, parts, size } = gathered;
    gathered = undefined;
    send(parent, "stream", { name, text: parts.join("") }, `stream.${name}`);
    sending = sending.then(() => {
      Atomics.sub(backlog, 0, size);
      Atomics.notify(backlog, 0);
    });
  };

  return {
    publish(parent, kind, content, topic = kind) {
      flushStream();
      send(parent, kind, content, topic);
    },
    stream(parent, name, text) {
      if (gathered && (gathered.parent !== parent || gathered.name !== name)) flushStream();
      if (!gathered) {
        gathered = { parent, name, parts: [], size: 0 };
        timer = setTimeout(flushStream, gatherMilliseconds);
      }
      gathered.parts.push(text);
      gathered.size += text.length;
      if (gathered.size >= gatherCharacters) flushStream();
    },
    async flush() {
      flushStream();
      await sending;
    },
  };
}
