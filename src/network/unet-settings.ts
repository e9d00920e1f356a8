import { checkInteger, checkNumber } from "../errors";
import type { Seed } from "../random";
import { nextSeed } from "../random/seed";
import type { Conditions } from "./conditioning/check-told";
import type { TextEntry, TextOptions } from "./conditioning/text";
import { checkLevels } from "./levels";
import { textDefaults } from "./text-encoder";
import type { TimeEntry } from "./unet-blocks";

export interface UNetOptions {
  /** Pixels along a side of the images; a power of 2 divides it, with an exponent of one less than there are multipliers. */
  readonly size: number;
  /** Of the images: 1 for grey, 3 for colour. */
  readonly channels?: number;
  /** T of the schedule for which it is. */
  readonly steps: number;
  /** Channels at full size. */
  readonly width?: number;
  /** The channels of each level as multiples of the width; from level to level the images are halved. */
  readonly multipliers?: readonly number[];
  /** Residual blocks in a level on the way down; one more on the way up. */
  readonly blocks?: number;
  /** The sizes, in pixels, at which pixels attend to each other; the smallest always does in the middle. */
  readonly attention?: readonly number[];
  readonly heads?: number;
  /** Of group normalisation. */
  readonly groups?: number;
  readonly time?: TimeEntry;
  /** n of the waves sin(2ⁿπz) and cos(2ⁿπz) that the network sees beside z, such as [6, 7] for the fine differences that
   * likelihoods are about (Kingma et al. 2021, appendix C). */
  readonly fourier?: readonly number[];
  /** Whether the network sees where a pixel is: as two channels beside z (Liu et al. 2018, "CoordConv"), and as a vector of its own for
   * each place that asks a caption's words. For captions that speak of places; without it, only the images' edges tell. */
  readonly coordinates?: boolean;
  /** The share of numbers that training drops in each block. */
  readonly dropout?: number;
  /** How many classes samples can be conditioned on. */
  readonly classes?: number;
  /** How many numbers samples can be conditioned on. */
  readonly vector?: number;
  /** How many words the vector becomes besides, which pixels attend to as to those of a caption; for a network with `text`. */
  readonly vectorWords?: number;
  /** Channels of an image of the same size that samples can be conditioned on. */
  readonly image?: number;
  /** Captions that samples can be conditioned on. */
  readonly text?: TextOptions;
  /** Of the first parameters. */
  readonly seed?: Seed;
}

/** Options with their defaults. */
export interface UNetSettings extends Required<Omit<UNetOptions, "text">> {
  readonly text: (TextOptions & Required<Omit<TextOptions, "at">>) | undefined;
  readonly conditions: Conditions;
}

/** Options with their defaults, checked.
 * @throws RangeError for settings that are impossible or do not fit together, naming them */
export function unetSettings(options: UNetOptions): UNetSettings {
  const settings = {
    channels: 1,
    width: 32,
    multipliers: [1, 2, 2] as readonly number[],
    blocks: 1,
    attention: [] as readonly number[],
    heads: 1,
    groups: 8,
    time: "add" as TimeEntry,
    fourier: [] as readonly number[],
    coordinates: false,
    dropout: 0,
    classes: 0,
    vector: 0,
    vectorWords: 0,
    image: 0,
    seed: options.seed ?? nextSeed(),
    ...options,
  };
  const { size, width, multipliers, attention, heads, time, dropout, fourier, classes, vector, image } =
    settings;
  for (const name of ["size", "channels", "steps", "width", "blocks", "heads", "groups"] as const) {
    checkInteger(name, settings[name], 1);
  }
  for (const name of ["classes", "vector", "vectorWords", "image"] as const) {
    checkInteger(name, settings[name], 0);
  }
  checkNumber("dropout", dropout, 0, 0.99);
  fourier.forEach((n, i) => {
    checkInteger(`fourier[${i}]`, n, 0, 16);
  });
  if (!timeEntries.includes(time)) throw new RangeError(`time is "${time}"; use "add" or "adaptive".`);
  checkLevels(settings);
  const halvings = multipliers.length - 1;
  const sizes = multipliers.map((_, level) => size / 2 ** level);
  for (const [name, wanted] of Object.entries({ attention, "text.at": options.text?.at ?? [] })) {
    wanted.forEach((at, i) => {
      if (!sizes.includes(at)) {
        throw new RangeError(`${name}[${i}] is ${at}; the images have the sizes ${sizes.join(", ")}.`);
      }
    });
  }
  multipliers.forEach((multiplier, level) => {
    const count = width * multiplier;
    const attends = level === halvings || [...attention, ...(options.text?.at ?? [])].includes(sizes[level]);
    if (attends && count % heads !== 0) {
      throw new RangeError(
        `heads is ${heads}, which does not divide the ${count} channels of level ${level + 1}.`,
      );
    }
  });
  const text = options.text && { entry: "both" as TextEntry, ...textDefaults, ...options.text };
  if (text && !textEntries.includes(text.entry)) {
    throw new RangeError(
      `text.entry is "${text.entry}"; use ${textEntries.map((each) => `"${each}"`).join(" or ")}.`,
    );
  }
  if (settings.vectorWords > 0 && (vector === 0 || !text || text.entry === "vector")) {
    const missing = vector === 0 ? "vector is 0" : text ? 'text.entry is "vector"' : "there is no text";
    throw new RangeError(
      `vectorWords is ${settings.vectorWords}, but ${missing}; give a vector, and a text that pixels attend to.`,
    );
  }
  const conditions: Conditions = { classes, vector, image, tokens: text?.length ?? 0 };
  return { ...settings, text, conditions };
}

const textEntries: readonly string[] = ["vector", "attention", "both"] satisfies TextEntry[];
const timeEntries: readonly string[] = ["add", "adaptive"] satisfies TimeEntry[];
