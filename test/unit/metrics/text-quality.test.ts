import { textQuality } from "diffusion";

const isValid = (text: string): boolean => text.startsWith("a");

test("counts what is right, different and new, each among those of the step before", () => {
  const texts = ["ab", "ab", "abcd", "x", "ac", "ac", "ac", "y"];
  expect(textQuality(texts, { isValid, known: ["ac", "x", "zz"] })).toEqual({
    valid: 6 / 8,
    unique: 3 / 6,
    novel: 2 / 3,
    meanLength: (2 + 2 + 4 + 2 + 2 + 2) / 6,
  });
});

test("is 0 where there is nothing right, and needs texts", () => {
  expect(textQuality(["x"], { isValid, known: [] })).toEqual({
    valid: 0,
    unique: 0,
    novel: 0,
    meanLength: 0,
  });
  expect(() => textQuality([], { isValid, known: [] })).toThrow(
    "the number of texts is 0; use a whole number of 1 or more.",
  );
});
