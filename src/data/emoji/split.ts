import { createHash } from "node:crypto";
import type { Split } from "../digits";
import { variationOf, type Variation } from "./concept";

/** "train" to learn from. "heldOut" are concepts that it does not have in any form: no man, woman or person with this profession. Of
 * "heldOutCombinations" it has both parts, but not together: a "woman pilot" where it has a "man pilot" and a "woman cook". */
export type EmojiSplit = Split | "heldOutCombinations";

/** One in ten of the concepts, and one in five of the combinations of what is left. */
const heldOutShare = 0.1;
const combinationShare = 0.2;

/** Which split each caption (without skin tones) belongs to. It follows from the captions alone, so that all skin tones of an emoji
 * are on one side, and emoji that are added hardly move others. */
export function emojiSplits(captions: Iterable<string>): ReadonlyMap<string, EmojiSplit> {
  const all = [...new Set(captions)].map((caption) => ({ caption, ...variationOf(caption) }));
  const combinations = heldOutCombinations(all.filter(({ concept }) => !isHeldOut(concept)));
  const splitOf = (variation: Variation): EmojiSplit => {
    if (isHeldOut(variation.concept)) return "heldOut";
    return combinations.has(nameOf(variation)) ? "heldOutCombinations" : "train";
  };
  return new Map(all.map((variation) => [variation.caption, splitOf(variation)]));
}

const isHeldOut = (concept: string): boolean => share(concept) < heldOutShare;

const nameOf = ({ concept, attribute }: Variation): string => `${attribute ?? ""} ${concept}`;

/** Goes through the candidates, and takes those whose both parts then still occur at least as often as they are held out. */
function heldOutCombinations(variations: readonly Variation[]): ReadonlySet<string> {
  const all = new Map(variations.filter(({ attribute }) => attribute).map((v) => [nameOf(v), v]));
  const left = countParts(all.values());
  const candidates = [...all].filter(([name]) => share(name) < combinationShare);
  const taken = new Map<string, number>();
  const result = new Set<string>();
  for (const [name, variation] of candidates.sort(([a], [b]) => share(a) - share(b))) {
    const parts = partsOf(variation);
    if (parts.some((part) => (left.get(part) ?? 0) - 1 < (taken.get(part) ?? 0) + 1)) continue;
    for (const part of parts) {
      left.set(part, (left.get(part) ?? 0) - 1);
      taken.set(part, (taken.get(part) ?? 0) + 1);
    }
    result.add(name);
  }
  return result;
}

const partsOf = ({ concept, attribute = "" }: Variation): readonly string[] => [attribute, concept];

function countParts(variations: Iterable<Variation>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const part of [...variations].flatMap(partsOf)) counts.set(part, (counts.get(part) ?? 0) + 1);
  return counts;
}

/** A number in [0, 1) that looks random, and is the same for the same text. */
export const share = (text: string): number =>
  createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;
