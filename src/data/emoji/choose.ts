import { checkInteger } from "../../errors";
import { listEmoji, type EmojiEntry } from "./list";
import { emojiSplits, share, type EmojiSplit } from "./split";

/** Which emoji to take. */
export interface EmojiChoice {
  /** How many, from the split's beginning; all if omitted. */
  readonly count?: number;
  /** "train" if omitted. */
  readonly split?: EmojiSplit;
  /** Also people and hands of five skin tones; else only the yellow ones, which is the default. */
  readonly skins?: boolean;
  /** Some of {@link emojiCategories}; all but "Flags" if omitted. */
  readonly categories?: readonly string[];
}

/** The categories of the pictures. */
export const emojiCategories: readonly string[] = [
  "Smileys & Emotion",
  "People & Body",
  "Animals & Nature",
  "Food & Drink",
  "Travel & Places",
  "Activities",
  "Objects",
  "Symbols",
  "Flags",
];

const withoutFlags = emojiCategories.filter((category) => category !== "Flags");

/** Chooses emoji in an order that is always the same and mixes the categories.
 * @throws RangeError for unknown categories, or if there are fewer emoji than `count` */
export function chooseEmoji({
  count,
  split = "train",
  skins = false,
  categories = withoutFlags,
}: EmojiChoice): EmojiEntry[] {
  const unknown = categories.find((category) => !emojiCategories.includes(category));
  if (unknown !== undefined) {
    throw new RangeError(`categories has "${unknown}"; use some of "${emojiCategories.join('", "')}".`);
  }
  const all = listEmoji();
  const splits = emojiSplits(all.map(({ base }) => base));
  const found = all
    .filter(({ base, category }) => splits.get(base) === split && categories.includes(category))
    .filter(({ toned }) => skins || !toned)
    .map((entry) => ({ entry, place: share(entry.caption) }))
    .sort((a, b) => a.place - b.place)
    .map(({ entry }) => entry);
  return found.slice(0, checkedCount(count, found.length, split));
}

function checkedCount(count: number | undefined, available: number, split: EmojiSplit): number {
  if (available === 0) throw new RangeError(`The split "${split}" has no emoji of these categories.`);
  checkInteger("count", count ?? available, 1);
  if (count === undefined || count <= available) return count ?? available;
  throw new RangeError(
    `count is ${count}, but the split "${split}" has ${available} emoji of these categories and skins.`,
  );
}
