import { distance } from "fastest-levenshtein";

/** The three known words that differ from a word by the fewest edits (Levenshtein 1966): letters that are put in, taken out or replaced. */
export const nearestWords = (word: string, known: readonly string[]): string[] =>
  known
    .map((candidate) => ({ candidate, edits: distance(word, candidate) }))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ candidate }) => candidate);

/** Words for a message: `"red", "green"`. */
export const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(", ");
