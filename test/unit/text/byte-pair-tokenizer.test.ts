import { bytePairTokenizer, captionWords } from "diffusion";
import { applyMerges, learnMerges, pairKey, type SpelledWord } from "../../../src/text/merges";

/** Sennrich et al. 2016, algorithm 1: words with how often they occur, </w> at their end. */
const example: readonly SpelledWord[] = [
  { symbols: ["l", "o", "w", "</w>"], count: 5 },
  { symbols: ["l", "o", "w", "e", "r", "</w>"], count: 2 },
  { symbols: ["n", "e", "w", "e", "s", "t", "</w>"], count: 6 },
  { symbols: ["w", "i", "d", "e", "s", "t", "</w>"], count: 3 },
];
const ranked = (merges: number): Map<string, number> => {
  const found = [...learnMerges(example)].slice(0, merges);
  return new Map(found.map((pair, rank) => [pairKey(pair), rank]));
};

describe("merges", () => {
  test("of the paper's example are those of its program", () => {
    const merges = [...learnMerges(example)].slice(0, 10).map((pair) => pair.join(" "));
    expect(merges).toEqual([
      "e s",
      "es t",
      "est </w>",
      "l o",
      "lo w",
      "n e",
      "ne w",
      "new est</w>",
      "low </w>",
      "w i",
    ]);
  });

  test("go on until every word is one symbol", () => {
    const ranks = ranked(Infinity);
    for (const { symbols } of example) expect(applyMerges(symbols, ranks)).toEqual([symbols.join("")]);
  });

  test("spell a word that was not seen: lowest", () => {
    expect(applyMerges(["l", "o", "w", "e", "s", "t", "</w>"], ranked(10))).toEqual(["low", "est</w>"]);
  });

  test("apply in the order in which they were learned, not from left to right", () => {
    const ranks = new Map([
      ["b c", 0],
      ["a b", 1],
    ]);
    expect(applyMerges(["a", "b", "c", "a", "b"], ranks)).toEqual(["a", "bc", "ab"]);
    expect(applyMerges(["a", "a", "a"], new Map([["a a", 0]]))).toEqual(["aa", "a"]);
  });

  test("agree with counting all pairs anew before each merge", () => {
    const words = captionWords(text).map((word) => ({
      symbols: Array.from(word),
      count: 1 + (word.length % 3),
    }));
    let state: SpelledWord[] = words;
    for (const pair of learnMerges(words)) {
      const counts = new Map<string, number>();
      for (const { symbols, count } of state) {
        for (let i = 0; i + 1 < symbols.length; i++) {
          const key = `${symbols[i]} ${symbols[i + 1]}`;
          counts.set(key, (counts.get(key) ?? 0) + count);
        }
      }
      const most = Math.max(...counts.values());
      const first = [...counts].find(([, count]) => count === most)?.[0];
      expect(pair.join(" ")).toBe(first);
      state = state.map(({ symbols, count }) => ({
        symbols: applyMerges(symbols, new Map([[pairKey(pair), 0]])),
        count,
      }));
    }
    expect(state.every(({ symbols }) => symbols.length === 1)).toBe(true);
  });
});

const text = "grinning face with smiling eyes, face with tears of joy, smiling face with halo, banana aaaa";
const captions = text.split(", ");

describe("a tokenizer of byte pairs", () => {
  const word = (tokens: readonly string[]): string[] =>
    tokens
      .map((token) => (token.endsWith("-") ? token.slice(0, -1) : `${token} `))
      .join("")
      .trimEnd()
      .split(" ");

  test("starts with padding, the start and all letters", () => {
    const { vocabulary } = bytePairTokenizer({ captions, size: 75 });
    expect(vocabulary).toHaveLength(75);
    expect(vocabulary.slice(0, 5)).toEqual(["<padding>", "<start>", "'-", "a-", "b-"]);
    expect(vocabulary.slice(-3)).toEqual(["7", "8", "9"]);
    expect(new Set(vocabulary).size).toBe(75);
  });

  test("adds what stands together most often", () => {
    const { vocabulary } = bytePairTokenizer({
      captions: [
        "low low low low low lower lower",
        "newest newest newest newest newest newest widest widest widest",
      ],
      size: 80,
    });
    expect(vocabulary.slice(75)).toEqual(["es-", "est", "lo-", "ne-", "new-"]);
  });

  test("makes every word it has learned from one token if there are enough", () => {
    const tokenizer = bytePairTokenizer({ captions, size: 1000 });
    expect(tokenizer.vocabulary.length).toBeLessThan(200);
    for (const caption of captions) expect(tokenizer.tokens(caption)).toEqual(captionWords(caption));
    expect(tokenizer.length).toBe(6);
  });

  test.each([75, 80, 90, 1000])("of %d tokens gives words back, known and unknown", (size) => {
    const tokenizer = bytePairTokenizer({ captions, size, length: 100 });
    for (const caption of [...captions, "grin on a rabbit's face 42", "zzyzx q"]) {
      expect(word(tokenizer.tokens(caption))).toEqual(captionWords(caption));
      const numbers = [...tokenizer.encode([caption])];
      const end = numbers.indexOf(0);
      expect(numbers[0]).toBe(1);
      expect(numbers.slice(end).every((number) => number === 0)).toBe(true);
      expect(numbers.slice(1, end).map((number) => tokenizer.vocabulary[number])).toEqual(
        tokenizer.tokens(caption),
      );
    }
  });

  test("spells an unknown word from pieces of known ones", () => {
    const tokenizer = bytePairTokenizer({ captions, size: 1000 });
    expect(tokenizer.tokens("grinning smil")).toEqual(["grinning", "smi-", "l"]);
  });

  test("merges within words only, never the end of one with the start of the next", () => {
    const { vocabulary } = bytePairTokenizer({ captions: Array<string>(50).fill("ab cd"), size: 1000 });
    expect(vocabulary.slice(75)).toEqual(["ab", "cd"]);
  });

  test("does not depend on the captions' order", () => {
    const { vocabulary } = bytePairTokenizer({ captions, size: 110 });
    expect(bytePairTokenizer({ captions: captions.toReversed(), size: 110 }).vocabulary).toEqual(vocabulary);
    expect(vocabulary).toHaveLength(110);
  });

  test("is as long as the longest caption unless told otherwise, and says when one does not fit", () => {
    const { length } = bytePairTokenizer({ captions, size: 75 });
    expect(length).toBe(1 + "grinningfacewithsmilingeyes".length);
    const short = bytePairTokenizer({ captions, size: 1000, length: 3 });
    expect(() => short.encode(["grinning face with"])).toThrow(
      /has 4 tokens with its start, but the tokenizer's length is 3/,
    );
  });

  test("knows the other letters of its captions, and names those that it does not know", () => {
    const tokenizer = bytePairTokenizer({ captions: ["straße"], size: 200, length: 9 });
    expect(tokenizer.tokens("aß")).toEqual(["a-", "ß"]);
    expect(() => tokenizer.encode(["red", "жук"])).toThrow(
      'captions[1] has the word "жук"; this tokenizer does not know its letter "ж"',
    );
  });

  test("refuses a size that has no place for the letters", () => {
    expect(() => bytePairTokenizer({ captions, size: 74 })).toThrow(
      "size is 74; use a whole number of 75 or more",
    );
  });
});
