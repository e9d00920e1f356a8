/** The Jupyter wire protocol: how a message becomes signed frames and back. */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import type { Content } from "./messages";

/** The JSON that Jupyter writes for a kernel to connect. */
export interface Connection {
  readonly transport: string;
  readonly ip: string;
  readonly key: string;
  readonly signature_scheme: string;
  readonly shell_port: number;
  readonly control_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly hb_port: number;
}

export interface Header {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

/** A message as it arrived. */
export interface Message {
  readonly identities: readonly Buffer[];
  readonly header: Header;
  readonly content: Content;
}

export const protocolVersion = "5.3";
const delimiter = Buffer.from("<IDS|MSG>");
const empty = Buffer.from("{}");

/** Reads and writes the messages of one session. */
export interface Wire {
  /** @returns undefined for frames that are no message or whose signature is wrong: they are dropped, as the protocol says */
  decode(frames: readonly Buffer[]): Message | undefined;
  encode(identities: readonly Buffer[], kind: string, parent: Header | undefined, content: Content): Buffer[];
}

export function createWire({ key, signature_scheme }: Pick<Connection, "key" | "signature_scheme">): Wire {
  const algorithm = signature_scheme.replace(/^hmac-/, "");
  const session = randomUUID();
  let sent = 0;

  const sign = (parts: readonly Buffer[]): Buffer => {
    if (!key) return Buffer.alloc(0);
    const hmac = createHmac(algorithm, key);
    for (const part of parts) hmac.update(part);
    return Buffer.from(hmac.digest("hex"));
  };

  return {
    decode(frames) {
      const start = frames.findIndex((frame) => frame.equals(delimiter));
      if (start < 0 || frames.length < start + 6) return undefined;
      const signature = frames[start + 1];
      const signed = frames.slice(start + 2, start + 6);
      const expected = sign(signed);
      if (expected.length !== signature.length || !timingSafeEqual(expected, signature)) return undefined;
      const [header, , , content] = signed.map((part) => JSON.parse(part.toString("utf8")) as unknown);
      return {
        identities: frames.slice(0, start),
        header: header as Header,
        content: content as Content,
      };
    },
    encode(identities, kind, parent, content) {
      const header: Header = {
        msg_id: `${session}_${(sent += 1)}`,
        msg_type: kind,
        session,
        username: "kernel",
        date: new Date().toISOString(),
        version: protocolVersion,
      };
      const parts = [json(header), parent ? json(parent) : empty, empty, json(content)];
      return [...identities, delimiter, sign(parts), ...parts];
    },
  };
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
