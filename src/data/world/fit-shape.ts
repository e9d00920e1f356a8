import { worldShapes, type Shape } from "./attributes";
import { worldSide } from "./places";
import { unitArea, type PlacedShape } from "./shapes";
import { stamp } from "./stamp";

/** What of a picture belongs to one thing. */
export interface Covered {
  /** Numbers of pixels: row · 32 + column. */
  readonly pixels: readonly number[];
  /** The share of each that the thing covers. */
  readonly cover: readonly number[];
}

/** The shape that explains a thing best. */
export interface Fit {
  readonly shape: Shape;
  /** The share of the covered squares that it leaves unexplained: 0 if it fits exactly. */
  readonly unexplained: number;
}

/** Centre of gravity, in pixels from the picture's upper left corner, and area in pixels. */
export interface Gravity {
  readonly x: number;
  readonly y: number;
  readonly area: number;
}

export function gravityOf({ pixels, cover }: Covered): Gravity {
  let [x, y, area] = [0, 0, 0];
  pixels.forEach((pixel, i) => {
    area += cover[i];
    x += cover[i] * ((pixel % worldSide) + 0.5);
    y += cover[i] * (Math.floor(pixel / worldSide) + 0.5);
  });
  return { x: x / area, y: y / area, area };
}

/** Compares a thing with drawings of all shapes: at its centre of gravity, of its area and a little smaller and larger, sharp and
 * blurred. */
export function fitShape(thing: Covered, { x, y, area }: Gravity): Fit {
  let best: Fit = { shape: "circle", unexplained: Infinity };
  for (const shape of worldShapes) {
    for (const scale of scales) {
      const drawing = drawn({ shape, diameter: scale * Math.sqrt(area / unitArea[shape]), x, y });
      for (const blur of blurs) {
        const rest = unexplained(thing, drawing, blur);
        if (rest < best.unexplained) best = { shape, unexplained: rest };
      }
    }
  }
  return best;
}

const scales = [0.92, 1, 1.08];
/** So much of a pixel goes to each of its two neighbours in a row, and then in a column. */
const blurs = [0, 0.2];

/** A drawing has a pixel of frame, so that each pixel of the picture has neighbours. */
const width = worldSide + 2;

function drawn(object: PlacedShape): Float32Array {
  const drawing = new Float32Array(width * width);
  stamp(object, (row, column, share) => (drawing[(row + 1) * width + column + 1] = share));
  return drawing;
}

/** 1 - cos² of the angle between the two as vectors: how strong the thing's colour is does not matter. */
function unexplained({ pixels, cover }: Covered, drawing: Float32Array, blur: number): number {
  let [product, own, other] = [0, 0, 0];
  for (let i = 0; i < pixels.length; i++) {
    const at = (Math.floor(pixels[i] / worldSide) + 1) * width + (pixels[i] % worldSide) + 1;
    const share = blur === 0 ? drawing[at] : blurredAt(drawing, at, blur);
    product += share * cover[i];
    own += cover[i] ** 2;
    other += share ** 2;
  }
  return other > 0 ? 1 - product ** 2 / (own * other) : 1;
}

function blurredAt(drawing: Float32Array, at: number, blur: number): number {
  const across = (middle: number): number =>
    (1 - 2 * blur) * drawing[middle] + blur * (drawing[middle - 1] + drawing[middle + 1]);
  return (1 - 2 * blur) * across(at) + blur * (across(at - width) + across(at + width));
}
