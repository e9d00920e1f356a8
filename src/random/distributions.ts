import { philoxWords, type SeedWords } from "./philox";

/** Numbers uniform on [0, 1), as TensorFlow makes them: the lower 23 bits of each word. */
export function uniformValues(seed: SeedWords, count: number): Float32Array {
  const values = new Float32Array(count);
  philoxWords(seed, count).forEach((word, i) => {
    values[i] = unit(word);
  });
  return values;
}

/** Standard normal numbers, by TensorFlow's form of Box and Muller's method: two from each pair of words. */
export function normalValues(seed: SeedWords, count: number): Float32Array {
  const words = philoxWords(seed, 2 * Math.ceil(count / 2));
  const values = new Float32Array(words.length);
  for (let i = 0; i < words.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(Math.max(unit(words[i]), 1e-7)));
    const angle = 2 * Math.PI * unit(words[i + 1]);
    values[i] = radius * Math.sin(angle);
    values[i + 1] = radius * Math.cos(angle);
  }
  return values.subarray(0, count);
}

function unit(word: number): number {
  return (word & 0x7fffff) / 0x800000;
}
