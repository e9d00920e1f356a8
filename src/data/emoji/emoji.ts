import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tf } from "../../backend/tf";
import { checkNumber } from "../../errors";
import { decodePng } from "../pictures/png";
import { writeSquare, type SquareForm } from "../pictures/square";
import { chooseEmoji, type EmojiChoice } from "./choose";
import type { EmojiEntry } from "./list";
import { packageFolder } from "./package-folder";

/** Which emoji to load, and how. */
export interface EmojiOptions extends EmojiChoice {
  /** Pixels along a side; 32 if omitted. The pictures are drawn with 64, and smaller ones are means over areas of those: loaded twice
   * with the same choice, they are pairs of a small and a large picture. */
  readonly size?: 16 | 32 | 64;
  /** What shows through where a picture is transparent, from black, -1, to white, 1, which is the default. */
  readonly background?: number;
}

/** Pictures with captions. */
export interface Emoji {
  /** [count, size, size, 3] in [-1, 1]: red, green, blue. */
  readonly images: tf.Tensor4D;
  /** What each one shows, in lower case: "grinning face with smiling eyes". */
  readonly captions: readonly string[];
  /** The category of each one. */
  readonly categories: readonly string[];
  /** To be shown where the pictures are shown: {@link emojiAttribution}. */
  readonly attribution: string;
}

/** Whose pictures these are. Their licence asks to show it with them, or with what is made from them. */
export const emojiAttribution: string =
  "Emoji: Twemoji 16, © Twitter, Inc. and other contributors, CC BY 4.0 " +
  "(https://creativecommons.org/licenses/by/4.0/), changed in size and background";

/** Emoji with their names as captions (pictures of Twemoji, from the npm package `emoji-datasource-twitter`; names of Unicode's CLDR,
 * from `unicode-emoji-json`). The order is always the same and mixes the categories, so that any number from the beginning is a fair
 * sample. Flags come only if asked for: the name of a country does not tell what its flag looks like.
 * @throws RangeError if an option is none of those allowed, or there are fewer emoji than `count`
 * @throws Error if a package is not installed */
export function loadEmoji(options: EmojiOptions = {}): Emoji {
  const { size = 32, background = 1 } = options;
  if (![16, 32, 64].includes(size)) throw new RangeError(`size is ${String(size)}; use 16, 32 or 64.`);
  checkNumber("background", background, -1, 1);
  const chosen = chooseEmoji(options);
  return {
    images: pictures(chosen, { size, background, channels: 3 }),
    captions: chosen.map(({ caption }) => caption),
    categories: chosen.map(({ category }) => category),
    attribution: emojiAttribution,
  };
}

function pictures(entries: readonly EmojiEntry[], form: SquareForm): tf.Tensor4D {
  const { size, channels } = form;
  const length = size * size * channels;
  const values = new Float32Array(entries.length * length);
  const folder = join(packageFolder("emoji-datasource-twitter"), "img", "twitter", "64");
  entries.forEach(({ image }, i) => {
    const picture = decodePng(readFileSync(join(folder, image)), 64 * 64);
    writeSquare(picture, form, values.subarray(i * length, (i + 1) * length));
  });
  return tf.tensor4d(values, [entries.length, size, size, channels]);
}
