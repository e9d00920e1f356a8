/** Red, green and blue from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The colours of an hour. */
export interface Palette {
  readonly zenith: Colour;
  readonly horizon: Colour;
  /** Of the nearest rocks; farther ones pale towards the horizon's colour. */
  readonly rock: Colour;
  readonly snow: Colour;
  readonly meadow: Colour;
  readonly water: Colour;
  readonly cloud: Colour;
  /** The sun's or moon's disk, and the air about it. */
  readonly disk: Colour;
  readonly glow: Colour;
}

type Hour = Palette & { readonly hour: number };

const night: Palette = {
  zenith: [8, 12, 36],
  horizon: [48, 64, 108],
  rock: [16, 22, 42],
  snow: [92, 108, 148],
  meadow: [16, 34, 38],
  water: [12, 22, 48],
  cloud: [44, 54, 88],
  disk: [240, 240, 222],
  glow: [96, 112, 160],
};

/** From midnight, 0, to the next one, 1. */
const hours: readonly Hour[] = [
  { ...night, hour: 0 },
  { ...night, hour: 0.16 },
  {
    hour: 0.24,
    zenith: [92, 112, 176],
    horizon: [255, 190, 158],
    rock: [66, 62, 100],
    snow: [255, 216, 210],
    meadow: [70, 92, 76],
    water: [92, 106, 152],
    cloud: [255, 206, 190],
    disk: [255, 238, 200],
    glow: [255, 190, 140],
  },
  {
    hour: 0.36,
    zenith: [66, 134, 220],
    horizon: [200, 228, 246],
    rock: [66, 88, 116],
    snow: [246, 249, 255],
    meadow: [98, 150, 66],
    water: [62, 122, 172],
    cloud: [255, 255, 255],
    disk: [255, 253, 236],
    glow: [255, 248, 220],
  },
  {
    hour: 0.6,
    zenith: [48, 110, 206],
    horizon: [178, 214, 242],
    rock: [72, 90, 104],
    snow: [246, 247, 250],
    meadow: [112, 148, 58],
    water: [48, 106, 160],
    cloud: [252, 252, 252],
    disk: [255, 250, 226],
    glow: [255, 244, 206],
  },
  {
    hour: 0.72,
    zenith: [94, 92, 160],
    horizon: [255, 172, 96],
    rock: [82, 56, 82],
    snow: [255, 204, 166],
    meadow: [106, 98, 52],
    water: [108, 88, 118],
    cloud: [255, 168, 130],
    disk: [255, 226, 140],
    glow: [255, 158, 80],
  },
  {
    hour: 0.82,
    zenith: [32, 34, 88],
    horizon: [216, 108, 118],
    rock: [42, 32, 66],
    snow: [160, 124, 160],
    meadow: [36, 46, 50],
    water: [52, 44, 88],
    cloud: [150, 84, 120],
    disk: [255, 190, 130],
    glow: [240, 116, 96],
  },
  { ...night, hour: 0.92 },
  { ...night, hour: 1 },
];

/** The colours at a time of day from 0, midnight, to 1. */
export function paletteAt(time: number): Palette {
  const next = Math.max(
    1,
    hours.findIndex(({ hour }) => hour >= time),
  );
  const [before, after] = [hours[next - 1], hours[next]];
  const share = (time - before.hour) / (after.hour - before.hour);
  const between = (key: keyof Palette): Colour => mixed(before[key], after[key], share);
  return {
    zenith: between("zenith"),
    horizon: between("horizon"),
    rock: between("rock"),
    snow: between("snow"),
    meadow: between("meadow"),
    water: between("water"),
    cloud: between("cloud"),
    disk: between("disk"),
    glow: between("glow"),
  };
}

/** The share of b in a mixture of two colours. */
export function mixed(a: Colour, b: Colour, share: number): Colour {
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])];
}
