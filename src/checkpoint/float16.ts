/** Numbers of 16 bits as bits, to and from float32. Loops, since `from` of typed arrays takes twenty times as long. */

/** The nearest float16, of two equally near ones the even one (IEEE 754-2019, 4.3.1); infinite from 65520 on. */
export function toFloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    halves[i] = ((bits[i] >>> 16) & 0x8000) | float16OfMagnitude(bits[i] & 0x7fffffff);
  }
  return halves;
}

/** @param word bits of a float32 without its sign */
function float16OfMagnitude(word: number): number {
  if (word > 0x7f800000) return 0x7e00; // not a number
  if (word >= 0x477ff000) return 0x7c00; // 65520 and more
  if (word < 0x38800000) return subnormal(word); // less than 2⁻¹⁴
  const odd = (word >>> 13) & 1;
  return (word - 0x38000000 + 0xfff + odd) >>> 13;
}

/** Subnormal numbers are multiples of 2⁻²⁴. */
function subnormal(word: number): number {
  scratch.bits[0] = word;
  const multiple = scratch.value[0] * 2 ** 24;
  const below = Math.floor(multiple);
  const rest = multiple - below;
  return below + (rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? 1 : 0);
}

const scratch = float32Scratch();

function float32Scratch(): { readonly bits: Uint32Array; readonly value: Float32Array } {
  const value = new Float32Array(1);
  return { value, bits: new Uint32Array(value.buffer) };
}

/** Every float16 is a float32. */
export function fromFloat16(bits: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, word) => float16Value(word));
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]];
  return values;
}

let table: Float32Array | undefined;

function float16Value(word: number): number {
  const sign = word & 0x8000 ? -1 : 1;
  const exponent = (word >>> 10) & 0x1f;
  const fraction = word & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A bfloat16 is the first half of a float32. */
export function fromBfloat16(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i] << 16;
  return new Float32Array(words.buffer);
}
