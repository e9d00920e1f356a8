/** Counter-based random bits: Philox 4×32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), keyed
 * and counted as TensorFlow's stateless random operations do, so that they give the same numbers. */

/** Two 32-bit words: what a seed is to TensorFlow. */
export type SeedWords = readonly [number, number];

/** A counter, or the four random words it gives. */
export type Block = [number, number, number, number];

type Key = readonly [number, number];

const rounds = 10;

/** The stream's `count` first random words of 32 bits. */
export function philoxWords(seed: SeedWords, count: number): Uint32Array {
  const { key, counter } = start(seed);
  const words = new Uint32Array(4 * Math.ceil(count / 4));
  for (let i = 0; i < words.length; i += 4) {
    words.set(philox(counter, key), i);
    increment(counter);
  }
  return words.subarray(0, count);
}

/** TensorFlow scrambles the seed by one block under a fixed key: half of it is the key, half where counting starts. */
function start(seed: SeedWords): { key: Key; counter: Block } {
  const block: Block = [seed[0] >>> 0, signWord(seed[0]), seed[1] >>> 0, signWord(seed[1])];
  const [a, b, c, d] = philox(block, [0x3ec8f720, 0x02461e29]);
  return { key: [a, b], counter: [0, 0, c, d] };
}

/** The upper word of a 32-bit integer widened to 64 bits. */
function signWord(value: number): number {
  return (value | 0) < 0 ? 0xffffffff : 0;
}

function increment(counter: Block): void {
  for (let i = 0; i < 4; i++) {
    counter[i] = (counter[i] + 1) >>> 0;
    if (counter[i] !== 0) return;
  }
}

/** The four random words of a counter under a key. */
export function philox(counter: Readonly<Block>, key: Key): Block {
  let [a, b, c, d] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < rounds; round++) {
    const oldA = a;
    a = multiplyHigh(0xcd9e8d57, c) ^ b ^ k0;
    b = Math.imul(0xcd9e8d57, c);
    c = multiplyHigh(0xd2511f53, oldA) ^ d ^ k1;
    d = Math.imul(0xd2511f53, oldA);
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}

/** The upper 32 bits of a product of two unsigned 32-bit integers. */
function multiplyHigh(x: number, y: number): number {
  const low = y & 0xffff;
  const high = y >>> 16;
  // Each product has at most 48 bits, so that doubles hold it exactly.
  const carried = x * high + Math.floor((x * low) / 0x10000);
  return Math.floor(carried / 0x10000) | 0;
}
