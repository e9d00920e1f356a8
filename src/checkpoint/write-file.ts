import { createHash } from "node:crypto";
import { encodeHeader, lengthBytes, placeTensors } from "./header";
import { toBytes, type HostTensor, type StoredType } from "./host-tensor";
import { replaceFile } from "./replace-file";

/** The names of our metadata in a file. */
export const keys = {
  version: "diffusion.checkpoint",
  hash: "diffusion.sha256",
  details: "diffusion.details",
} as const;

/** Of what is written here. */
export const formatVersion = "1";

/** What stands for the hash while the hash is computed. */
export const noHash: string = "0".repeat(64);

/** A tensor that is about to be written, whose numbers are asked for when it is its turn. */
export interface Source {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly read: () => HostTensor["values"];
}

/** Writes a safetensors file as a whole, with a SHA-256 over all of it, in which the hash's own digits count as zeros.
 * @throws Error, an older file being as it was */
export function writeCheckpointFile(path: string, sources: readonly Source[], details: string): void {
  const entries = placeTensors(sources);
  // The version and the hash come first, so that no other text can be taken for the hash.
  const metadata = { [keys.version]: formatVersion, [keys.hash]: noHash, [keys.details]: details };
  const header = encodeHeader({ entries, metadata });
  const sourceOf = new Map(sources.map((source) => [source.name, source]));
  replaceFile(path, (write) => {
    const hash = createHash("sha256").update(header);
    write(header);
    for (const { name, type } of entries) {
      const bytes = toBytes((sourceOf.get(name) as Source).read(), type);
      hash.update(bytes);
      write(bytes);
    }
    write(Buffer.from(hash.digest("hex")), header.indexOf(noHash, lengthBytes));
  });
}
