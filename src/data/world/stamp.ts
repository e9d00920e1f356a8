import { worldSide } from "./places";
import { coverage, type PlacedShape } from "./shapes";

/** Visits the pixels of the picture that an object covers, with the share of each. */
export function stamp(
  { shape, diameter, x, y }: PlacedShape,
  visit: (row: number, column: number, share: number) => void,
): void {
  // Corners stick out of the circle of that diameter.
  const reach = 0.7 * diameter + 1;
  const [left, right] = pixelRange(x, reach);
  const [top, bottom] = pixelRange(y, reach);
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const share = coverage(shape, diameter, column + 0.5 - x, row + 0.5 - y);
      if (share > 0) visit(row, column, share);
    }
  }
}

function pixelRange(centre: number, reach: number): [from: number, to: number] {
  return [Math.max(0, Math.floor(centre - reach)), Math.min(worldSide, Math.ceil(centre + reach))];
}
