import type { Shape, ObjectSize } from "./attributes";

/** Diameters in pixels. A circle has this diameter; the other shapes are as large to the eye. */
export const diameters: Readonly<Record<ObjectSize, number>> = { small: 5.75, large: 9 };

/** An object's diameter is its class's, times 1 ± this share: the classes' areas stay a factor of 2 apart. */
export const diameterJitter = 0.04;

/** Lengths for the diameter 1. */
const halfSide = 0.43;
const armLength = 0.49;
const armWidth = 0.18;
/** From the centre of gravity to a side; to a corner it is twice as far. */
const inradius = 0.31;

const cos30 = Math.sqrt(3) / 2;
const { abs, max, min, sqrt } = Math;

/** The signed distance from a shape's edge to a point (x to the right, y down, from the shape's centre of gravity): negative
 * inside. Beyond corners it is the distance from the nearer one of the extended edges, which keeps them sharp. */
export function signedDistance(shape: Shape, diameter: number, x: number, y: number): number {
  const [across, down] = [abs(x), abs(y)];
  switch (shape) {
    case "circle":
      return sqrt(x * x + y * y) - diameter / 2;
    case "square":
      return max(across, down) - halfSide * diameter;
    case "triangle":
      return max(y, across * cos30 - y / 2) - inradius * diameter;
    case "cross": {
      const upright = max(across - armWidth * diameter, down - armLength * diameter);
      const level = max(across - armLength * diameter, down - armWidth * diameter);
      return min(upright, level);
    }
  }
}

/** The share of a pixel, with its middle at (x, y) from the shape's centre, that the shape covers. */
export function coverage(shape: Shape, diameter: number, x: number, y: number): number {
  const share = 0.5 - signedDistance(shape, diameter, x, y);
  if (share <= 0) return 0;
  return share < 1 ? share : 1;
}

/** A shape's area for the diameter 1. */
export const unitArea: Readonly<Record<Shape, number>> = {
  circle: Math.PI / 4,
  square: (2 * halfSide) ** 2,
  triangle: 3 * Math.sqrt(3) * inradius ** 2,
  cross: 4 * armWidth * (2 * armLength - armWidth),
};

/** Twelve directions, all round: the normals of all edges are among them. */
const angles = Array.from({ length: 12 }, (_, k) => (k * Math.PI) / 6);
const directions = angles.map((angle) => [Math.cos(angle), Math.sin(angle)] as const);

/** How far a shape of the diameter 1 extends from its centre in each of the twelve directions. */
export const unitReach: Readonly<Record<Shape, readonly number[]>> = {
  circle: directions.map(() => 1 / 2),
  square: reachOf([[halfSide, halfSide]]),
  triangle: directions.map(([x, y]) =>
    Math.max(-2 * inradius * y, inradius * y + Math.sqrt(3) * inradius * Math.abs(x)),
  ),
  cross: reachOf([
    [armLength, armWidth],
    [armWidth, armLength],
  ]),
};

/** Of a shape that is its own mirror image, across and down, by its corners to the lower right. */
function reachOf(corners: readonly (readonly [number, number])[]): number[] {
  return directions.map(([x, y]) =>
    Math.max(...corners.map(([right, down]) => Math.abs(x) * right + Math.abs(y) * down)),
  );
}

/** An object in the picture: its centre of gravity in pixels from the upper left corner, and its diameter. */
export interface PlacedShape {
  readonly shape: Shape;
  readonly diameter: number;
  readonly x: number;
  readonly y: number;
}

/** How far two objects are apart, and in which direction b lies from a: the widest gap in one of the twelve directions (the
 * separating axes). There are at least so many pixels between them, and below 0 they may overlap. */
export function gapBetween(
  a: PlacedShape,
  b: PlacedShape,
): { readonly gap: number; readonly direction: readonly [x: number, y: number] } {
  const [reachA, reachB] = [unitReach[a.shape], unitReach[b.shape]];
  let [gap, widest] = [-Infinity, 0];
  for (let k = 0; k < directions.length; k++) {
    const apart = (b.x - a.x) * directions[k][0] + (b.y - a.y) * directions[k][1];
    const here = apart - a.diameter * reachA[k] - b.diameter * reachB[(k + 6) % 12];
    if (here > gap) [gap, widest] = [here, k];
  }
  return { gap, direction: directions[widest] };
}
