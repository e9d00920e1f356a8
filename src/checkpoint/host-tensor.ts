import { fromBfloat16, fromFloat16, toFloat16 } from "./float16";

/** A tensor as numbers on the host. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** How a file may hold numbers, by the format's names, with the bytes for each. */
export const bytesPerNumber = { F32: 4, I32: 4, F16: 2, BF16: 2 } as const;

export type StoredType = keyof typeof bytesPerNumber;

export const isStoredType = (name: unknown): name is StoredType =>
  typeof name === "string" && Object.hasOwn(bytesPerNumber, name);

/** The numbers' bytes, in the order of a little-endian processor, as are all on which this runs. */
export function toBytes(values: Float32Array | Int32Array, type: StoredType): Uint8Array {
  const stored = type === "F16" ? toFloat16(values as Float32Array) : values;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

/** @param bytes an array with a buffer of its own */
export function fromBytes(bytes: Uint8Array<ArrayBuffer>, type: StoredType): Float32Array | Int32Array {
  switch (type) {
    case "F32":
      return new Float32Array(bytes.buffer);
    case "I32":
      return new Int32Array(bytes.buffer);
    case "F16":
      return fromFloat16(new Uint16Array(bytes.buffer));
    case "BF16":
      return fromBfloat16(new Uint16Array(bytes.buffer));
  }
}
