import { readFileSync } from "node:fs";
import { join } from "node:path";
import { captionOf, withTones } from "./caption";
import { packageFolder } from "./package-folder";

/** One picture of the data set. */
export interface EmojiEntry {
  /** The name of its file. */
  readonly image: string;
  /** The caption without skin tones. */
  readonly base: string;
  /** What the picture shows, in plain lower-case words. */
  readonly caption: string;
  /** As Unicode groups them: "Food & Drink". */
  readonly category: string;
  /** Whether it is a variant of another picture in one of five skin tones, or two of them. */
  readonly toned: boolean;
}

/** All emoji in the order of Unicode, each followed by its variants of skin tone. Left out are swatches of the tones, which are no
 * pictures of their own, and captions whose picture is that of another. */
export function listEmoji(): EmojiEntry[] {
  const names = readNames();
  return readSource()
    .filter(({ category, image }) => category !== "Component" && !sameAsAnother.has(image))
    .sort((a, b) => a.sort_order - b.sort_order)
    .flatMap((emoji) => {
      const base = captionOf(names[characters(emoji.unified)].name);
      return variants(emoji).map(({ image, tones }) => ({
        image,
        base,
        caption: withTones(base, tones),
        category: emoji.category,
        toned: tones.length > 0,
      }));
    })
    .filter(({ base }) => !/^family (man|woman)/.test(base));
}

/** What is used of emoji.json in `emoji-datasource-twitter`. */
interface SourceEmoji {
  /** Code points in hexadecimal, joined by hyphens. */
  readonly unified: string;
  readonly image: string;
  readonly category: string;
  readonly sort_order: number;
  /** By their tones, joined by hyphens. */
  readonly skin_variations?: Readonly<Record<string, { readonly image: string }>>;
}

function variants({ image, skin_variations = {} }: SourceEmoji): { image: string; tones: string[] }[] {
  const toned = Object.entries(skin_variations)
    .filter(([, variant]) => !sameAsAnother.has(variant.image))
    .map(([tones, variant]) => ({ image: variant.image, tones: tones.split("-") }));
  return [{ image, tones: [] }, ...toned];
}

/** Flags of territories that are those of a country, a woman of medium light skin who is the blond one, and the family that is one
 * of two adults and a child. (Those of men, women, boys and girls are 25 captions of the same four silhouettes.) */
const sameAsAnother: ReadonlySet<string> = new Set([
  "1f1e8-1f1f5.png",
  "1f1e9-1f1ec.png",
  "1f1ea-1f1e6.png",
  "1f1ed-1f1f2.png",
  "1f1f2-1f1eb.png",
  "1f1f8-1f1ef.png",
  "1f1fa-1f1f2.png",
  "1f469-1f3fc.png",
  "1f46a.png",
]);

const readSource = (): SourceEmoji[] => readJson("emoji-datasource-twitter", "emoji.json") as SourceEmoji[];

/** The names of Unicode's CLDR by character: those in the other package are older, and say "heavy black heart" of the red one. */
const readNames = (): Record<string, { readonly name: string }> =>
  readJson("unicode-emoji-json", "data-by-emoji.json") as Record<string, { readonly name: string }>;

const readJson = (name: string, file: string): unknown =>
  JSON.parse(readFileSync(join(packageFolder(name), file), "utf8"));

const characters = (unified: string): string =>
  String.fromCodePoint(...unified.split("-").map((code) => Number.parseInt(code, 16)));
