import { sequenceTokenizer } from "diffusion";

describe("a tokenizer of characters", () => {
  const tokenizer = sequenceTokenizer({ symbols: ["C", "O", "="], length: 4 });

  test("writes rows with padding at the end, and reads them", () => {
    expect(tokenizer.vocabulary).toEqual(["·", "C", "O", "="]);
    const texts = ["C=O", "", "OCCO"];
    const rows = tokenizer.encode(texts);
    expect([...rows]).toEqual([1, 3, 2, 0, 0, 0, 0, 0, 2, 1, 1, 2]);
    expect(rows).toBeInstanceOf(Int32Array);
    expect(tokenizer.decode(rows)).toEqual(texts);
    expect(tokenizer.decode([])).toEqual([]);
  });

  test("shows padding that stands before a symbol", () => {
    expect(tokenizer.decode([1, 0, 2, 0, 0, 0, 0, 1])).toEqual(["C·O", "···C"]);
  });

  test("refuses what it does not know, and says where it is", () => {
    expect(() => tokenizer.encode(["CO", "CNO"])).toThrow(
      'texts[1], "CNO", has "N", which is not among the symbols C O =.',
    );
    // Padding cannot be written by hand.
    expect(() => tokenizer.encode(["C·"])).toThrow('has "·", which is not among');
    expect(() => tokenizer.encode(["CCCCC"])).toThrow(
      'texts[0], "CCCCC", has 5 symbols; 4 are the most that this tokenizer takes.',
    );
    expect(() => tokenizer.decode([1, 2, 3])).toThrow("the number of tokens / 4 is 0.75; use a whole number");
    expect(() => tokenizer.decode([1, 2, 4, 0])).toThrow("tokens[2] is 4; use a whole number from 0 to 3.");
  });
});

test("a tokenizer of words", () => {
  const tokenizer = sequenceTokenizer({ symbols: ["red", "square", "a"], length: 3, separator: " " });
  expect([...tokenizer.encode(["a red square", "a"])]).toEqual([3, 1, 2, 3, 0, 0]);
  expect(tokenizer.decode([3, 0, 2, 3, 1, 2])).toEqual(["a · square", "a red square"]);
  expect(() => tokenizer.encode(["a  square"])).toThrow(
    'has "", which is not among the symbols red square a.',
  );
});

test("refuses symbols that could not be told apart", () => {
  const of =
    (symbols: string[], separator = "") =>
    (): unknown =>
      sequenceTokenizer({ symbols, length: 3, separator });
  expect(of(["C", "Cl"])).toThrow('symbols[1] is "Cl"; each symbol must be one character, stand there once');
  expect(of(["C", "C"])).toThrow('symbols[1] is "C"');
  expect(of(["·"])).toThrow('and not be "·".');
  expect(of(["a", "b c"], " ")).toThrow('symbols[1] is "b c"; each symbol must be a text without " "');
  expect(() => sequenceTokenizer({ symbols: ["C"], length: 0 })).toThrow("length is 0");
});
