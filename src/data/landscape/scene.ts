import type { Seed } from "../../random";
import { uniformValues } from "../../random/distributions";
import { foldIn, seedWords } from "../../random/seed";
import { fractalNoise, smoothStep, stripNoise } from "./noise";
import { mixed, paletteAt, type Colour, type Palette } from "./palette";

/** A landscape that goes on for ever to the right, from x = 0; all lengths are in heights of the picture, and y goes up from its
 * lower edge. Every place on the way is like every other. */
export interface Scene {
  /** From midnight, 0, to the next one, 1. */
  readonly time: number;
  readonly palette: Palette;
  /** Where the sun or moon stands, again and again. */
  readonly disks: {
    readonly first: number;
    readonly apart: number;
    readonly y: number;
    readonly radius: number;
  };
  /** How much of the sky at (x, y) is cloud, from 0 to 1. */
  readonly cloud: (x: number, y: number) => number;
  /** From the farthest to the nearest. */
  readonly ridges: readonly Ridge[];
  readonly ground: Ground;
}

export interface Ridge {
  /** y of its outline. */
  readonly outline: (x: number) => number;
  readonly colour: Colour;
  /** y above which there is snow; Infinity for none. */
  readonly snowLine: number;
  /** How much slopes differ in brightness. */
  readonly relief: number;
}

export interface Ground {
  readonly kind: "water" | "meadow";
  /** y of the shore, or of the meadow's far edge. */
  readonly level: number;
  /** Ripples, or grass, from -1 to 1. */
  readonly texture: (x: number, y: number) => number;
}

/** A random scene.
 * @param length how far it will be looked at
 * @param size pixels of a height, which decide on the finest detail */
export function randomScene(seed: Seed, length: number, size: number): Scene {
  const numbers = uniformValues(seedWords(foldIn(seed, 0)), 20);
  let used = 0;
  const between: Between = (from, to) => from + (to - from) * numbers[used++];
  const view: View = { length, finest: size / 2 };
  const time = between(0.1, 0.9);
  const palette = paletteAt(time);
  return {
    time,
    palette,
    disks: {
      first: between(-apart, 0),
      apart,
      y: diskHeight(time, between(0, 1)),
      radius: between(0.05, 0.08),
    },
    cloud: clouds(foldIn(seed, 1), view, between),
    ridges: ridgesOf(foldIn(seed, 2), view, palette, between),
    ground: groundOf(foldIn(seed, 3), view, between),
  };
}

/** The next random number, from one number to another. */
type Between = (from: number, to: number) => number;

interface View {
  readonly length: number;
  readonly finest: number;
}

/** Between two suns: a picture as wide as it is high sees one now and then, a panorama not many. */
const apart = 4;

/** The sun rises and sets; the moon stands high at night. */
function diskHeight(time: number, share: number): number {
  const [rise, set] = [0.18, 0.82];
  if (time < rise || time > set) return 0.7 + 0.18 * share;
  return 0.38 + (0.42 + 0.1 * share) * Math.sin((Math.PI * (time - rise)) / (set - rise));
}

function clouds(seed: Seed, { length, finest }: View, between: Between): Scene["cloud"] {
  const noise = stripNoise(seed, length, 7, {
    frequency: 1.1,
    gain: 0.55,
    finest: Math.min(finest, 9),
    smooth: true,
  });
  const cover = between(-0.25, 0.55);
  return (x, y) => 0.85 * smoothStep((noise(x, 7 * y) - cover) / 0.45);
}

/** Two or three ridges: each farther one is higher, and paler. */
function ridgesOf(seed: Seed, { length, finest }: View, palette: Palette, between: Between): Ridge[] {
  const count = between(0, 1) < 0.6 ? 3 : 2;
  const snow = between(0, 1) < 0.6 ? between(0.42, 0.6) : Infinity;
  const green = between(0.3, 0.8);
  const [far, near] = [between(0.46, 0.58), between(0.24, 0.3)];
  const height = between(0.3, 0.55);
  return Array.from({ length: count }, (_, k): Ridge => {
    const nearness = k / (count - 1);
    const noise = fractalNoise(foldIn(seed, k), length, {
      frequency: 1.3 + 0.5 * nearness,
      gain: 0.42,
      finest,
      smooth: k === count - 1,
    });
    const base = far + nearness * (near - far);
    const amplitude = height * (1 - 0.7 * nearness);
    const bare = mixed(palette.rock, palette.meadow, green * nearness ** 2);
    return {
      outline: (x) => base + amplitude * noise(x),
      colour: mixed(bare, palette.horizon, 0.62 * (1 - nearness) ** 1.2 + 0.06),
      snowLine: k === 0 || (count === 3 && k === 1) ? snow : Infinity,
      relief: 0.34 - 0.2 * nearness,
    };
  });
}

function groundOf(seed: Seed, { length, finest }: View, between: Between): Ground {
  const kind = between(0, 1) < 0.5 ? "water" : "meadow";
  const options = kind === "water" ? { frequency: 3, gain: 0.6 } : { frequency: 6, gain: 0.7 };
  const noise = stripNoise(seed, length, 16, { ...options, finest: Math.min(finest, 12), smooth: true });
  return {
    kind,
    level: between(0.14, 0.26),
    texture: (x, y) => noise(x, 48 * y),
  };
}
