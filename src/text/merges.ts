/** Two symbols, one after the other. */
export type Pair = readonly [left: string, right: string];

/** A word as a list of symbols, and how often it occurs. */
export interface SpelledWord {
  readonly symbols: readonly string[];
  readonly count: number;
}

/** Byte-pair encoding (Sennrich, Haddow and Birch 2016, "Neural machine translation of rare words with subword units", algorithm 1):
 * finds the pair of neighbours within words that occurs most often, makes it one symbol, and goes on like that. Of pairs that occur
 * equally often, the first in the list of words is taken. It ends when every word is one symbol.
 * @returns the merges one after the other */
export function* learnMerges(words: readonly SpelledWord[]): Generator<Pair, void> {
  const spelled = words.map(({ symbols, count }) => ({ symbols: [...symbols], count }));
  const counts = new Map<string, number>();
  for (const word of spelled) countPairs(word, 1, counts);
  for (;;) {
    const pair = mostFrequent(spelled, counts);
    if (!pair) return;
    yield pair;
    for (const word of spelled) {
      if (!pairs(word.symbols).some(([left, right]) => left === pair[0] && right === pair[1])) continue;
      countPairs(word, -1, counts);
      word.symbols = merged(word.symbols, pair);
      countPairs(word, 1, counts);
    }
  }
}

/** Spells a word with the merges that were learned: of those that apply, the earliest comes first.
 * @param ranks when each pair was learned, by {@link pairKey} */
export function applyMerges(symbols: readonly string[], ranks: ReadonlyMap<string, number>): string[] {
  let spelling = [...symbols];
  for (;;) {
    let first: Pair | undefined;
    let rank = Infinity;
    for (const pair of pairs(spelling)) {
      const candidate = ranks.get(pairKey(pair)) ?? Infinity;
      if (candidate < rank) [first, rank] = [pair, candidate];
    }
    if (!first) return spelling;
    spelling = merged(spelling, first);
  }
}

/** Symbols have no spaces. */
export const pairKey = ([left, right]: Pair): string => `${left} ${right}`;

const pairs = (symbols: readonly string[]): Pair[] =>
  symbols.slice(1).map((right, i) => [symbols[i], right] as const);

/** Adds what the word contributes, or with the sign -1 takes it away. */
function countPairs({ symbols, count }: SpelledWord, sign: 1 | -1, counts: Map<string, number>): void {
  for (const pair of pairs(symbols)) {
    const key = pairKey(pair);
    counts.set(key, (counts.get(key) ?? 0) + sign * count);
  }
}

function mostFrequent(words: readonly SpelledWord[], counts: ReadonlyMap<string, number>): Pair | undefined {
  let most = 0;
  for (const count of counts.values()) most = Math.max(most, count);
  if (most === 0) return undefined;
  for (const { symbols } of words) {
    const pair = pairs(symbols).find((candidate) => counts.get(pairKey(candidate)) === most);
    if (pair) return pair;
  }
  return undefined;
}

/** The symbols with each such pair made one, from left to right. */
function merged(symbols: readonly string[], [left, right]: Pair): string[] {
  const result: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const found = symbols[i] === left && symbols[i + 1] === right;
    result.push(found ? left + right : symbols[i]);
    if (found) i++;
  }
  return result;
}
