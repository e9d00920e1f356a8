/** Counter-based random bits: Philox 4×32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), keyed
 * and counted as TensorFlow's stateless random operations do, so that they give the same numbers. */

/** Two 32-bit words: what a seed is to TensorFlow. */
export type SeedWords = readonly [number, number];

type Key = readonly [number, number];

const rounds = 10;

/** The stream's `count` first random words of 32 bits. */
export function philoxWords(seed: SeedWords, count: number): Uint32Array {
  const { key, counter } = start(seed);
  const words = new Uint32Array(4 * Math.ceil(count / 4));
  for (let i = 0; i < words.length; i += 4) {
    philox(counter, key, words, i);
    increment(counter);
  }
  return words.subarray(0, count);
}

/** TensorFlow scrambles the seed by one block under a fixed key: half of it is the key, half where counting starts. */
function start([low, high]: SeedWords): { key: Key; counter: Uint32Array } {
  const block = Uint32Array.of(low, signWord(low), high, signWord(high));
  philox(block, [0x3ec8f720, 0x02461e29], block, 0);
  return { key: [block[0], block[1]], counter: Uint32Array.of(0, 0, block[2], block[3]) };
}

/** The upper word of a 32-bit integer widened to 64 bits. */
function signWord(value: number): number {
  return (value | 0) < 0 ? 0xffffffff : 0;
}

function increment(counter: Uint32Array): void {
  for (let i = 0; i < 4; i++) {
    counter[i]++;
    if (counter[i] !== 0) return;
  }
}

/** Writes the four random words of a counter under a key to `words`, from the position `at`. */
export function philox(counter: Uint32Array, key: Key, words: Uint32Array, at: number): void {
  let a = counter[0] | 0;
  let b = counter[1] | 0;
  let c = counter[2] | 0;
  let d = counter[3] | 0;
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  for (let round = 0; round < rounds; round++) {
    const oldA = a;
    a = multiplyHigh(0xcd9e8d57, c) ^ b ^ k0;
    b = Math.imul(0xcd9e8d57, c);
    c = multiplyHigh(0xd2511f53, oldA) ^ d ^ k1;
    d = Math.imul(0xd2511f53, oldA);
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  words[at] = a;
  words[at + 1] = b;
  words[at + 2] = c;
  words[at + 3] = d;
}

/** The upper 32 bits of a product of two unsigned 32-bit integers. */
function multiplyHigh(x: number, y: number): number {
  const low = y & 0xffff;
  const high = y >>> 16;
  // Each product has at most 48 bits, so that doubles hold it exactly.
  const carried = x * high + Math.floor((x * low) / 0x10000);
  return Math.floor(carried / 0x10000) | 0;
}
