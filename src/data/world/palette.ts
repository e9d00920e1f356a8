import type { Colour } from "./attributes";

/** Red, green and blue in [-1, 1]. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** The colours of the world: more than 1.2 from each other, and more than 1.1 from every background (Euclidean distance). */
export const palette: Readonly<Record<Colour, Rgb>> = {
  red: [0.9, -0.7, -0.7],
  green: [-0.65, 0.55, -0.5],
  blue: [-0.75, -0.3, 0.95],
  yellow: [0.95, 0.8, -0.7],
  purple: [0.45, -0.65, 0.75],
  white: [0.95, 0.95, 0.95],
};

/** Dark greys: a background is drawn uniformly between these two. */
export const backgroundRange: readonly [darkest: number, lightest: number] = [-0.8, -0.55];
