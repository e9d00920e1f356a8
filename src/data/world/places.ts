import type { ObjectCount, Place } from "./attributes";

/** The height and width of a picture, in pixels. */
export const worldSide = 32;

/** A part of the picture, in pixels from its upper left corner. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Where the centres of all objects of a group are that is in this place. It is the rule by which captions are judged:
 *
 * - left, right, top, bottom: that half of the picture;
 * - middle: a square in the middle, which is a third of the picture wide for a single object, and half of it for two or
 *   three, which would find no room in a third. */
export function placeBox(place: Place, count: ObjectCount): Box {
  const half = worldSide / 2;
  const whole = { left: 0, right: worldSide, top: 0, bottom: worldSide };
  switch (place) {
    case "left":
      return { ...whole, right: half };
    case "right":
      return { ...whole, left: half };
    case "top":
      return { ...whole, bottom: half };
    case "bottom":
      return { ...whole, top: half };
    case "middle": {
      const reach = worldSide / (count === 1 ? 6 : 4);
      return { left: half - reach, right: half + reach, top: half - reach, bottom: half + reach };
    }
  }
}

/** Whether a point lies in a part of the picture. */
export function isIn({ left, right, top, bottom }: Box, x: number, y: number): boolean {
  return x > left && x < right && y > top && y < bottom;
}
