import { nearestWords, quoted } from "../../text/nearest-words";
import { captionWords } from "../../text/caption-words";
import {
  worldColours,
  worldPlaces,
  worldShapes,
  worldSizes,
  type Colour,
  type ObjectCount,
  type DescribedGroup,
  type SceneDescription,
  type Place,
  type Shape,
  type ObjectSize,
} from "./attributes";
import { countWords, plural, worldWords } from "./caption";

/** Reads a caption: what {@link captionOf} writes, and a little more. Capital letters, commas and full stops do not matter, nor
 * do the order of size and colour or whether it says "a", "an" or "one".
 * @returns its one or two groups, of which only the attributes are set that the caption names
 * @throws RangeError for a word that is not of this world (it suggests others), or words in an order that makes no caption */
export function parseCaption(caption: string): SceneDescription {
  const words = captionWords(caption);
  checkWords(words, caption);
  const reader: Reader = { caption, words, at: 0 };
  const groups = [readGroup(reader)];
  while (reader.at < words.length) {
    take(reader, separators);
    groups.push(readGroup(reader));
  }
  if (groups.length <= 2) return groups;
  throw new RangeError(
    `The caption "${caption}" describes ${groups.length} groups; describe one or two. ${example}`,
  );
}

const example =
  'A caption reads like "two small red circles on the left and a large blue square on the right"; size, colour and place may be left out.';

/** The words of a caption, and how many of them have been read. */
interface Reader {
  readonly caption: string;
  readonly words: readonly string[];
  at: number;
}

const own = <Value extends string>(values: readonly Value[]): Map<string, Value> =>
  new Map(values.map((value) => [value, value]));
const counts = new Map<string, ObjectCount>([
  ["a", 1],
  ["an", 1],
  ["one", 1],
  ["two", 2],
  ["three", 3],
]);
const sizes = own<ObjectSize>(worldSizes);
const colours = own<Colour>(worldColours);
const singular = own<Shape>(worldShapes);
const several = new Map<string, Shape>(worldShapes.map((shape) => [plural(shape), shape]));
const places = own<Place>(worldPlaces);
const prepositions = own(["on", "at", "in"]);
const article = own(["the"]);
const separators = own(["and"]);

/** The next word's meaning, if it is one of these words; then it has been read. */
function take<Value>(reader: Reader, meanings: ReadonlyMap<string, Value>): Value | undefined {
  const meaning = meanings.get(reader.words[reader.at]);
  if (meaning !== undefined) reader.at++;
  return meaning;
}

/** The same, where such a word must come. */
function need<Value>(reader: Reader, meanings: ReadonlyMap<string, Value>, hint: string): Value {
  const meaning = take(reader, meanings);
  if (meaning !== undefined) return meaning;
  const { caption, words, at } = reader;
  const found = at < words.length ? `has "${words[at]}"` : "ends";
  const where = at > 0 ? `after "${words.slice(0, at).join(" ")}"` : "at its beginning";
  const what = words.length > 0 ? `${found} ${where}` : "has no words";
  throw new RangeError(`The caption "${caption}" ${what}; ${hint}. ${example}`);
}

function readGroup(reader: Reader): DescribedGroup {
  const count = need(reader, counts, 'begin each group with "a", "two" or "three"');
  const { size, colour } = readAdjectives(reader);
  const shape = readShape(reader, count);
  const place = readPlace(reader);
  return {
    count,
    shape,
    ...(size && { size }),
    ...(colour && { colour }),
    ...(place && { place }),
  };
}

function readAdjectives(reader: Reader): { size?: ObjectSize | undefined; colour?: Colour | undefined } {
  const size = take(reader, sizes);
  const colour = take(reader, colours);
  return { size: size ?? take(reader, sizes), colour };
}

function readShape(reader: Reader, count: ObjectCount): Shape {
  const [right, wrong] = count === 1 ? [singular, several] : [several, singular];
  const before = wrong.has(reader.words[reader.at]) ? `after "${countWords[count]}"` : "here";
  return need(reader, right, `${before} goes one of the shapes ${[...right.keys()].join(", ")}`);
}

function readPlace(reader: Reader): Place | undefined {
  const preposition = take(reader, prepositions);
  const the = take(reader, article);
  if (preposition === undefined && the === undefined) return take(reader, places);
  return need(reader, places, `here goes one of the places ${worldPlaces.join(", ")}`);
}

function checkWords(words: readonly string[], caption: string): void {
  const known = [...worldWords, ...counts.keys()];
  const unknown = words.find((word) => !known.includes(word));
  if (unknown === undefined) return;
  const nearest = quoted(nearestWords(unknown, worldWords));
  throw new RangeError(
    `The caption "${caption}" has the word "${unknown}", which this world does not know; the nearest are ${nearest}. ${example}`,
  );
}
