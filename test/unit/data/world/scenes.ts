import {
  foldIn,
  randomNormal,
  withSeed,
  worldColours,
  worldPictures,
  worldPlaces,
  worldShapes,
  worldSizes,
  type Scene,
  type WorldOptions,
} from "diffusion";

/** A scene and its picture. */
export interface Example {
  readonly scene: Scene;
  readonly caption: string;
  readonly pixels: Float32Array;
}

export const numbersPerPicture = 32 * 32 * 3;

export function examples(options: WorldOptions): Example[] {
  const { images, captions, scenes } = worldPictures({ captions: "full", ...options });
  const all = images.dataSync<"float32">();
  images.dispose();
  return scenes.map((scene, i) => ({
    scene,
    caption: captions[i],
    pixels: all.slice(i * numbersPerPicture, (i + 1) * numbersPerPicture),
  }));
}

/** Every scene of one group. */
export const singleScenes: readonly Scene[] = ([1, 2, 3] as const).flatMap((count) =>
  worldSizes.flatMap((size) =>
    worldColours.flatMap((colour) =>
      worldShapes.flatMap((shape) => worldPlaces.map((place) => [{ count, size, colour, shape, place }])),
    ),
  ),
);

/** Adds normal noise of that standard deviation to every number. */
export function noisy(pixels: Float32Array, deviation: number, seed: number): Float32Array {
  const noise = withSeed(foldIn(7, seed), () => randomNormal([pixels.length]));
  const values = noise.dataSync<"float32">();
  noise.dispose();
  return pixels.map((value, i) => value + deviation * values[i]);
}

/** Spreads each pixel over its row, and then its column: the given share goes to each neighbour. */
export function blurred(pixels: Float32Array, share: number): Float32Array {
  const spread = (from: Float32Array, step: number, position: (pixel: number) => number): Float32Array =>
    from.map((value, i) => {
      const at = position(Math.floor(i / 3));
      const before = at > 0 ? from[i - step] : value;
      const after = at < 31 ? from[i + step] : value;
      return (1 - 2 * share) * value + share * (before + after);
    });
  const rows = spread(pixels, 3, (pixel) => pixel % 32);
  return spread(rows, 96, (pixel) => Math.floor(pixel / 32));
}
