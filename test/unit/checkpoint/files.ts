import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tf } from "diffusion";

/** A folder for each test of a file. */
export function useFolder(): { path: (name: string) => string; names: () => string[] } {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "checkpoint-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  return { path: (name) => join(folder, name), names: () => readdirSync(folder).sort() };
}

/** Type, shape and bits of tensors by name; all that are not a number are one. */
export function bitsOf(tensors: Readonly<Record<string, tf.Tensor>>): [string, string, number[], number[]][] {
  return Object.entries(tensors).map(([name, tensor]) => {
    const values = tensor.dataSync<"float32">();
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    const same = Array.from(bits, (word, i) => (Number.isNaN(values[i]) ? 0x7fc00000 : word));
    return [name, tensor.dtype, tensor.shape, same];
  });
}

/** A safetensors file by hand. */
export function fileOf(header: string | object, data: Uint8Array = new Uint8Array(0)): Buffer {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}
