import { captionWords, wordTokenizer } from "diffusion";

test("a caption's words are lower case, without accents and what stands between them", () => {
  expect(captionWords("Twelve o’clock, Curaçao — Non-Potable (water) no. 8")).toEqual([
    "twelve",
    "o'clock",
    "curacao",
    "non",
    "potable",
    "water",
    "no",
    "8",
  ]);
  expect(captionWords("  ‘quoted’ dogs' ' ")).toEqual(["quoted", "dogs"]);
  expect(captionWords("")).toEqual([]);
});

describe("a tokenizer of words", () => {
  const words = ["red", "green", "square", "circle", "Red"];
  const tokenizer = wordTokenizer({ words, length: 4 });

  test("has padding, the start, and each word once", () => {
    expect(tokenizer.vocabulary).toEqual(["<padding>", "<start>", "red", "green", "square", "circle"]);
    expect(tokenizer.length).toBe(4);
  });

  test("writes start, words and padding, row by row", () => {
    const rows = tokenizer.encode(["Green circle", "", "red, red square"]);
    expect(rows).toBeInstanceOf(Int32Array);
    expect([...rows]).toEqual([1, 3, 5, 0, 1, 0, 0, 0, 1, 2, 2, 4]);
    expect(tokenizer.encode([])).toHaveLength(0);
  });

  test("tells the tokens with the first at position 1 of the row", () => {
    const caption = "a Green CIRCLE!";
    const skipping = wordTokenizer({ words, length: 4, unknown: "skip" });
    const tokens = skipping.tokens(caption);
    expect(tokens).toEqual(["green", "circle"]);
    const row = skipping.encode([caption]);
    expect(tokens.map((_, i) => skipping.vocabulary[row[1 + i]])).toEqual(tokens);
  });

  test("names an unknown word and suggests the nearest", () => {
    expect(() => tokenizer.encode(["red circle", "gren circle"])).toThrow(
      'captions[1] has the word "gren", which is not among the 4 words of this tokenizer; the nearest are "green", "red"',
    );
    expect(() => tokenizer.tokens("blue")).toThrow(/^caption has the word "blue"/);
    expect(() => wordTokenizer({ words: [], length: 2 }).tokens("blue")).toThrow(
      /the 0 words of this tokenizer\.$/,
    );
  });

  test("refuses captions that are too long, and says both lengths", () => {
    const caption = "red red green circle";
    expect(() => tokenizer.encode(["red", caption])).toThrow(
      `captions[1], "${caption}", has 5 tokens with its start, but the tokenizer's length is 4; use a shorter caption`,
    );
    expect(tokenizer.tokens(caption)).toHaveLength(4);
  });

  test("refuses entries that are not one word, and no length", () => {
    expect(() => wordTokenizer({ words: ["red", "ice cream"], length: 3 })).toThrow(
      'words[1] is "ice cream"; use one word for each entry; it is 2: "ice", "cream".',
    );
    expect(() => wordTokenizer({ words: ["?"], length: 3 })).toThrow(
      'words[0] is "?"; use one word for each entry.',
    );
    expect(() => wordTokenizer({ words, length: 0 })).toThrow("length is 0; use a whole number of 1 or more");
  });
});
