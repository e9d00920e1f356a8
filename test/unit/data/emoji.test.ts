import { readFileSync } from "node:fs";
import { PNG } from "pngjs";
import {
  emojiAttribution,
  emojiCategories,
  loadEmoji,
  tf,
  type Emoji,
  type EmojiChoice,
  type EmojiOptions,
} from "diffusion";
import { chooseEmoji } from "../../../src/data/emoji/choose";
import { captionOf, withTones } from "../../../src/data/emoji/caption";
import { variationOf } from "../../../src/data/emoji/concept";
import { listEmoji } from "../../../src/data/emoji/list";
import { packageFolder } from "../../../src/data/emoji/package-folder";
import { emojiSplits } from "../../../src/data/emoji/split";

const splits = ["train", "heldOut", "heldOutCombinations"] as const;
const captions = (choice: EmojiChoice): string[] => chooseEmoji(choice).map(({ caption }) => caption);

/** The pixels of one picture. */
function pixels({ images, captions: all }: Emoji, caption: string): Float32Array {
  const [, size] = images.shape;
  const length = size * size * 3;
  const index = all.indexOf(caption);
  expect(index).toBeGreaterThanOrEqual(0);
  return (images.dataSync() as Float32Array).slice(index * length, (index + 1) * length);
}

describe("emoji", () => {
  test("are coloured pictures in [-1, 1] with captions and categories", () => {
    const { images, captions: names, categories, attribution } = loadEmoji({ count: 50 });
    expect(images.shape).toEqual([50, 32, 32, 3]);
    expect(images.dtype).toBe("float32");
    expect(images.max().dataSync()[0]).toBeCloseTo(1, 6);
    expect(images.min().dataSync()[0]).toBeLessThan(-0.8);
    expect(images.abs().max().dataSync()[0]).toBeLessThanOrEqual(1);
    expect([names.length, categories.length]).toEqual([50, 50]);
    expect(attribution).toBe(emojiAttribution);
    expect(attribution).toMatch(/Twitter.* and other contributors, CC BY 4\.0 .*changed/);
  });

  test("are so many in each split, with skin tones, and of the flags", () => {
    expect(splits.map((split) => captions({ split }).length)).toEqual([1422, 158, 30]);
    expect(splits.map((split) => captions({ split, skins: true }).length)).toEqual([3011, 318, 155]);
    expect(captions({ categories: ["Flags"] })).toHaveLength(234);
  });

  test("come in an order that is always the same, and mixes the categories", () => {
    const first = loadEmoji({ size: 16, count: 100 });
    const again = loadEmoji({ size: 16, count: 30 });
    expect(again.captions).toEqual(first.captions.slice(0, 30));
    expect([...again.images.dataSync()]).toEqual([...first.images.slice(0, 30).dataSync()]);
    expect(new Set(first.categories)).toEqual(new Set(emojiCategories.filter((name) => name !== "Flags")));
  });

  test("have one caption each, and no caption twice", () => {
    const all = listEmoji();
    expect(new Set(all.map(({ caption }) => caption)).size).toBe(all.length);
    expect(new Set(all.map(({ category }) => category))).toEqual(new Set(emojiCategories));
    const seen = all.map(({ image }) => PNG.sync.read(emojiFile(image)).data.toString("latin1"));
    expect(all.filter((_, i) => seen.indexOf(seen[i]) !== i)).toEqual([]);
  });

  test("may be chosen by category", () => {
    const chosen = chooseEmoji({ categories: ["Food & Drink", "Symbols"] });
    expect(new Set(chosen.map(({ category }) => category))).toEqual(new Set(["Food & Drink", "Symbols"]));
    expect(chosen.map(({ caption }) => caption)).toEqual(expect.arrayContaining(["pizza", "check mark"]));
  });

  test("leave only the images in memory", () => {
    const before = tf.memory().numTensors;
    loadEmoji({ count: 2 }).images.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each<[EmojiOptions, string]>([
    [{ size: 24 as 16 }, "size is 24; use 16, 32 or 64."],
    [{ background: 2 }, "background is 2; use a finite number from -1 to 1."],
    [{ categories: ["Food"] }, 'categories has "Food"; use some of "Smileys & Emotion", "People & Body"'],
    [{ categories: [] }, 'The split "train" has no emoji of these categories.'],
    [{ count: 0 }, "count is 0; use a whole number of 1 or more."],
    [{ count: 9000, split: "heldOut" }, 'count is 9000, but the split "heldOut" has 158 emoji'],
  ])("refuse %p", (options, message) => {
    expect(() => loadEmoji(options)).toThrow(message);
  });

  test("say that their package is missing, and what would help", () => {
    const missing = (): string => {
      throw new Error("Cannot find module");
    };
    expect(() => packageFolder("emoji-datasource-twitter", missing)).toThrow(
      'The emoji come from the npm package "emoji-datasource-twitter", which is not installed; run npm ci',
    );
  });
});

const emojiFile = (image: string): Buffer =>
  readFileSync(require.resolve(`emoji-datasource-twitter/img/twitter/64/${image}`));

describe("pictures", () => {
  const choice: EmojiChoice = { categories: ["Smileys & Emotion"] };

  test("of the red heart are red in the middle and white in the corner", () => {
    for (const size of [16, 32, 64] as const) {
      const heart = pixels(loadEmoji({ ...choice, size }), "red heart");
      const middle = 3 * ((size / 2) * size + size / 2);
      const [red, green, blue] = heart.slice(middle, middle + 3);
      expect(red).toBeGreaterThan(0.6);
      expect(Math.max(green, blue)).toBeLessThan(-0.3);
      expect([...heart.slice(0, 3)]).toEqual([1, 1, 1]);
    }
  });

  test.each([
    ["ghost", 64, 1],
    ["ghost", 32, -0.5],
    ["orange heart", 16, 0.25],
  ] as const)(
    "of a %s with %d pixels are means over areas, on the background %d",
    (name, size, background) => {
      const image = listEmoji().find(({ caption }) => caption === name)?.image ?? "";
      const { data } = PNG.sync.read(emojiFile(image));
      const step = 64 / size;
      const expected = new Float64Array(size * size * 3);
      for (let y = 0; y < 64; y++) {
        for (let x = 0; x < 64; x++) {
          const at = 4 * (64 * y + x);
          for (let c = 0; c < 3; c++) {
            const opacity = data[at + 3] / 255;
            const level = opacity * ((2 * data[at + c]) / 255 - 1) + (1 - opacity) * background;
            expected[3 * (Math.floor(y / step) * size + Math.floor(x / step)) + c] += level / step ** 2;
          }
        }
      }
      const found = pixels(loadEmoji({ ...choice, size, background }), name);
      found.forEach((value, i) => {
        expect(Math.abs(value - expected[i])).toBeLessThan(1e-6);
      });
    },
  );
});

describe("captions", () => {
  test.each([
    ["grinning face with smiling eyes", "grinning face with smiling eyes"],
    ["flag Côte d’Ivoire", "flag of côte d'ivoire"],
    ["flag Bosnia & Herzegovina", "flag of bosnia and herzegovina"],
    ["flag Congo - Kinshasa", "flag of congo kinshasa"],
    ["flag in hole", "flag in hole"],
    ["man red hair", "man with red hair"],
    ["woman bald", "bald woman"],
    ["person beard", "person with beard"],
    ["keycap #", "keycap hash"],
    ["Japanese “here” button", "japanese here button"],
    ["A button (blood type)", "a button blood type"],
    ["kiss woman, man", "kiss, woman and man"],
    ["UP! button", "up button"],
  ])("of %s: %s", (name, caption) => {
    expect(captionOf(name)).toBe(caption);
  });

  test("are plain words throughout", () => {
    for (const { caption } of listEmoji())
      expect(caption).toMatch(/^[\p{Ll}\d]+(?:(?:, |[ '-])[\p{Ll}\d]+)*$/u);
  });

  test("tell skin tones, also two of them", () => {
    expect(withTones("waving hand", [])).toBe("waving hand");
    expect(withTones("handshake", ["1F3FB", "1F3FE"])).toBe(
      "handshake, light skin tone, medium dark skin tone",
    );
    expect(captions({ skins: true, categories: ["People & Body"] })).toContain("thumbs up, dark skin tone");
  });
});

describe("splits", () => {
  const all = listEmoji();
  const splitOf = emojiSplits(all.map(({ base }) => base));
  const of = (split: string): string[] =>
    [...splitOf].filter(([, found]) => found === split).map(([name]) => name);

  test("share no caption, and all skin tones of an emoji are on one side", () => {
    const sides = splits.map((split) => captions({ split, skins: true, categories: emojiCategories }));
    expect(new Set(sides.flat()).size).toBe(all.length);
    expect(sides.flat()).toHaveLength(all.length);
    const side = new Map<string, number>();
    sides.forEach((names, i) => {
      for (const name of names) {
        const base = name.replace(/, (light|medium light|medium|medium dark|dark) skin tone.*$/, "");
        expect(side.get(base) ?? i).toBe(i);
        side.set(base, i);
      }
    });
  });

  test("hold out about one concept in ten", () => {
    expect(of("heldOut").length / splitOf.size).toBeGreaterThan(0.08);
    expect(of("heldOut").length / splitOf.size).toBeLessThan(0.12);
  });

  test("hold out a profession for man, woman and person alike", () => {
    expect(of("heldOut")).toEqual(expect.arrayContaining(["judge", "man judge", "woman judge"]));
    const concepts = (split: string): string[] => of(split).map((caption) => variationOf(caption).concept);
    const known = new Set([...concepts("train"), ...concepts("heldOutCombinations")]);
    expect(concepts("heldOut").filter((concept) => known.has(concept))).toEqual([]);
  });

  test("hold out combinations of what is seen apart", () => {
    const train = of("train").map(variationOf);
    const rare = of("heldOutCombinations").map(variationOf);
    expect(rare.length).toBeGreaterThan(20);
    for (const { concept, attribute } of rare) {
      expect(train.filter((seen) => seen.concept === concept).length).toBeGreaterThan(0);
      expect(train.filter((seen) => seen.attribute === attribute).length).toBeGreaterThan(0);
      expect(train.filter((seen) => seen.concept === concept && seen.attribute === attribute)).toEqual([]);
    }
  });

  test("do not depend on the order or on flags", () => {
    const some = all.filter(({ category }) => category !== "Flags").map(({ base }) => base);
    for (const [caption, split] of emojiSplits(some.toReversed())) expect(splitOf.get(caption)).toBe(split);
  });

  test.each([
    ["woman pilot", "pilot", "woman"],
    ["pilot", "pilot", undefined],
    ["person walking facing right", "walking", undefined],
    ["men with bunny ears", "with bunny ears", undefined],
    ["kiss, man and man", "kiss", undefined],
    ["light blue heart", "heart", "light blue"],
    ["black cat", "black cat", undefined],
    ["mermaid", "merperson", undefined],
    ["woman", "person", undefined],
  ])("of %s look at %s and %s", (caption, concept, attribute) => {
    expect(variationOf(caption)).toEqual(attribute === undefined ? { concept } : { concept, attribute });
  });
});
