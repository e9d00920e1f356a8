import * as fc from "fast-check";
import {
  captionOf,
  captionWords,
  parseCaption,
  wordTokenizer,
  worldColours,
  worldPlaces,
  worldShapes,
  worldSizes,
  worldWords,
  type DescribedGroup,
  type Scene,
} from "diffusion";

const scene: Scene = [
  { count: 2, size: "small", colour: "red", shape: "circle", place: "left" },
  { count: 1, size: "large", colour: "blue", shape: "square", place: "right" },
];

const anyGroup = fc.record(
  {
    count: fc.constantFrom(1, 2, 3),
    shape: fc.constantFrom(...worldShapes),
    size: fc.constantFrom(...worldSizes),
    colour: fc.constantFrom(...worldColours),
    place: fc.constantFrom(...worldPlaces),
  },
  { requiredKeys: ["count", "shape"], noNullPrototype: true },
) as fc.Arbitrary<DescribedGroup>;
const anyDescription = fc.array(anyGroup, { minLength: 1, maxLength: 2 });

describe("captionOf", () => {
  test("says everything, or leaves out what it is told to", () => {
    expect(captionOf(scene)).toBe("two small red circles on the left and a large blue square on the right");
    expect(captionOf(scene, { omit: ["size", "place"] })).toBe("two red circles and a blue square");
    expect(captionOf(scene, { omit: ["colour", "size", "place"] })).toBe("two circles and a square");
  });

  test.each([
    ["top", "three large white crosses at the top"],
    ["bottom", "three large white crosses at the bottom"],
    ["middle", "three large white crosses in the middle"],
  ] as const)("the plural, and the place %s", (place, caption) => {
    expect(captionOf([{ count: 3, size: "large", colour: "white", shape: "cross", place }])).toBe(caption);
  });

  test("uses the words of worldWords, all of them, and each is there once", () => {
    const used = new Set<string>();
    fc.assert(
      fc.property(anyDescription, (description) => {
        captionWords(captionOf(description)).forEach((word) => used.add(word));
      }),
      { numRuns: 1000, seed: 1 },
    );
    expect([...used].sort()).toEqual([...worldWords].sort());
    expect(wordTokenizer({ words: worldWords, length: 24 }).vocabulary).toHaveLength(2 + worldWords.length);
  });
});

describe("parseCaption", () => {
  test("gives back what the caption was made of", () => {
    fc.assert(
      fc.property(anyDescription, (description) => {
        expect(parseCaption(captionOf(description))).toEqual(description);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ["Two small RED circles on the left, and one blue large square on the right."],
    ["two red small circles left a large blue square right"],
    ["two small red circles at the left; a large blue square, in the right"],
  ])("is lenient: %s", (caption) => {
    expect(parseCaption(caption)).toEqual(scene);
  });

  test("sets what is named, and nothing else", () => {
    expect(parseCaption("an cross")).toEqual([{ count: 1, shape: "cross" }]);
    expect(Object.keys(parseCaption("three green triangles")[0]).sort()).toEqual([
      "colour",
      "count",
      "shape",
    ]);
  });

  const reads =
    'A caption reads like "two small red circles on the left and a large blue square on the right"';
  test.each([
    ["a gren circle", 'has the word "gren", which this world does not know; the nearest are "green"'],
    ["a red cicle", 'the word "cicle", which this world does not know; the nearest are "circle", "circles"'],
    ["red circle", 'has "red" at its beginning; begin each group with "a", "two" or "three"'],
    ["", 'has no words; begin each group with "a", "two" or "three"'],
    ["a red", 'ends after "a red"; here goes one of the shapes circle, square, triangle, cross'],
    ["two red circle", 'has "circle" after "two red"; after "two" goes one of the shapes circles, squares'],
    ["a squares", 'has "squares" after "a"; after "a" goes one of the shapes circle, square'],
    [
      "a circle on the",
      'ends after "a circle on the"; here goes one of the places left, right, top, bottom, middle',
    ],
    ["a red blue circle", 'has "blue" after "a red"; here goes one of the shapes'],
    ["a circle and", 'ends after "a circle and"; begin each group'],
    ["a circle, a square and a cross", "describes 3 groups; describe one or two"],
  ])("refuses %p and says what would do", (caption, message) => {
    expect(() => parseCaption(caption)).toThrow(RangeError);
    expect(() => parseCaption(caption)).toThrow(message);
    expect(() => parseCaption(caption)).toThrow(reads);
  });
});
