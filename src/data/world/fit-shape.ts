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
export function fitShape({ pixels, cover }: Covered, { x, y, area }: Gravity): Fit {
  const places = pixels.map((pixel) => framed(Math.floor(pixel / worldSide), pixel % worldSide));
  let best: Fit = { shape: "circle", unexplained: Infinity };
  for (const shape of worldShapes) {
    for (const scale of scales) {
      const drawing = drawn({ shape, diameter: scale * Math.sqrt(area / unitArea[shape]), x, y });
      for (const blur of blurs) {
        const rest = unexplained(cover, drawing, places, blur);
        if (rest < best.unexplained) best = { shape, unexplained: rest };
      }
    }
  }
  return best;
}

const scales = [0.92, 1, 1.08];
/** So much of a pixel goes to each of its two neighbours in a row, and then in a column. */
const blurs = [0, 0.2];

/** A drawing has a frame of a pixel, so that each pixel of the picture has neighbours. */
const width = worldSide + 2;
const framed = (row: number, column: number): number => (row + 1) * width + column + 1;

function drawn(object: PlacedShape): Float32Array {
  const drawing = new Float32Array(width * width);
  stamp(object, (row, column, share) => (drawing[framed(row, column)] = share));
  return drawing;
}

/** 1 - cos² of the angle between the thing and the drawing as vectors: how strong the thing's colour is does not matter. */
function unexplained(
  cover: readonly number[],
  drawing: Float32Array,
  places: readonly number[],
  blur: number,
): number {
  let [product, own, other] = [0, 0, 0];
  for (let i = 0; i < cover.length; i++) {
    const share = blurred(drawing, places[i], blur);
    product += share * cover[i];
    own += cover[i] * cover[i];
    other += share * share;
  }
  return other > 0 ? 1 - product ** 2 / (own * other) : 1;
}

function blurred(drawing: Float32Array, at: number, blur: number): number {
  if (blur === 0) return drawing[at];
  const nextRows = blurredRow(drawing, at - width, blur) + blurredRow(drawing, at + width, blur);
  return (1 - 2 * blur) * blurredRow(drawing, at, blur) + blur * nextRows;
}

function blurredRow(drawing: Float32Array, at: number, blur: number): number {
  return (1 - 2 * blur) * drawing[at] + blur * (drawing[at - 1] + drawing[at + 1]);
}
