import { checkFinite } from "../../errors";
import { worldColours, type Colour, type ObjectSize, type Shape } from "./attributes";
import { fitShape, gravityOf, type Covered } from "./fit-shape";
import { contrast, contrastAt, dot, foregroundOf, type Foreground } from "./foreground";
import { palette, type Rgb } from "./palette";
import { worldSide } from "./places";
import { regionsOf, type Region } from "./regions";
import { diameters, unitArea } from "./shapes";

/** Something that was seen in a picture. What is undefined is like nothing in this world. */
export interface FoundObject {
  readonly shape: Shape | undefined;
  readonly colour: Colour | undefined;
  readonly size: ObjectSize | undefined;
  /** The centre of gravity, in pixels from the picture's left edge. */
  readonly x: number;
  /** In pixels from the upper edge. */
  readonly y: number;
  /** In pixels. */
  readonly area: number;
  /** How badly the best of the shapes fits, from 0 (exactly) to 1. */
  readonly unexplained: number;
}

/** Sees what is in a picture of the world, without having learned anything: the background is the colour of most pixels; an object
 * is what hangs together and differs from it; its colour is the palette's nearest one, its shape the one whose drawing is
 * most like it, its size that of the nearer area. Noise with a standard deviation of 0.1 and a slight blur do no harm.
 * @param pixels a picture as of {@link drawScene}: 32 × 32 × 3 numbers in [-1, 1]
 * @returns the objects by their upper ends, from the top
 * @throws RangeError for another number of pixels, or one that is not finite */
export function findObjects(pixels: ArrayLike<number>): FoundObject[] {
  if (pixels.length !== 3 * worldSide ** 2) {
    throw new RangeError(
      `pixels has ${pixels.length} numbers; give one picture of ${worldSide} × ${worldSide} × 3 = ${3 * worldSide ** 2}.`,
    );
  }
  checkFinite("pixels", pixels);
  const foreground = foregroundOf(pixels);
  return regionsOf(foreground.cover).map((region) => recognise(pixels, region, foreground));
}

function recognise(
  pixels: ArrayLike<number>,
  region: Region,
  { background, cover }: Foreground,
): FoundObject {
  const mean = meanContrast(pixels, region, background, cover);
  const colour = nearestColour(mean, background);
  const thing = coveredBy(pixels, region, background, colour ? contrast(palette[colour], background) : mean);
  const gravity = gravityOf(thing);
  const { shape, unexplained } = fitShape(thing, gravity);
  const fits = unexplained <= mostUnexplained;
  const size = fits ? nearestSize(Math.sqrt(gravity.area / unitArea[shape])) : undefined;
  return { shape: fits ? shape : undefined, colour, size, ...gravity, unexplained };
}

/** A thing that no shape explains better than this has none of them. */
const mostUnexplained = 0.2;

/** Of the region's core; pixels that are covered most count most. */
function meanContrast(
  pixels: ArrayLike<number>,
  { core }: Region,
  background: Rgb,
  cover: Float32Array,
): Rgb {
  const sum: [number, number, number] = [0, 0, 0];
  let weights = 0;
  for (const pixel of core) {
    const weight = Math.min(1, cover[pixel]) ** 2;
    weights += weight;
    contrastAt(pixels, pixel, background).forEach((value, c) => (sum[c] += weight * value));
  }
  return [sum[0] / weights, sum[1] / weights, sum[2] / weights];
}

/** By the direction from the background, since edges and blur mix both. */
function nearestColour(found: Rgb, background: Rgb): Colour | undefined {
  const alike = worldColours.map((colour) => {
    const own = contrast(palette[colour], background);
    return { colour, cosine: dot(found, own) / Math.sqrt(dot(found, found) * dot(own, own)) };
  });
  const best = alike.reduce((a, b) => (b.cosine > a.cosine ? b : a));
  return best.cosine >= leastCosine ? best.colour : undefined;
}

/** 26 degrees. The palette's colours, as seen from the backgrounds, are at least 31 degrees apart. */
const leastCosine = 0.9;

function coveredBy(pixels: ArrayLike<number>, { around }: Region, background: Rgb, full: Rgb): Covered {
  const square = dot(full, full);
  return {
    pixels: around,
    cover: around.map((pixel) => dot(contrastAt(pixels, pixel, background), full) / square),
  };
}

/** The size with the nearer diameter (in ratio), unless it is far off. */
function nearestSize(diameter: number): ObjectSize | undefined {
  const ratio = (size: ObjectSize): number => Math.abs(Math.log(diameter / diameters[size]));
  const nearest = ratio("small") < ratio("large") ? "small" : "large";
  return ratio(nearest) <= Math.log(mostRatio) ? nearest : undefined;
}

/** Small and large differ by a factor of 1.57; so much may a drawn diameter differ from the nearer of them. */
const mostRatio = 1.3;
