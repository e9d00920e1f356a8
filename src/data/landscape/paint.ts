import { clamp, smoothStep } from "./noise";
import { mixed, type Colour } from "./palette";
import type { Ridge, Scene } from "./scene";

/** A picture being painted: rows from the top, three numbers from 0 to 255 to a pixel. */
export interface Canvas {
  readonly size: number;
  readonly width: number;
  readonly values: Float32Array;
}

/** Paints the scene from its beginning on: sky, then ridge before ridge, then the ground. */
export function paintScene(canvas: Canvas, scene: Scene): void {
  paintSky(canvas, scene);
  for (const ridge of scene.ridges) paintRidge(canvas, ridge, scene);
  if (scene.ground.kind === "water") paintWater(canvas, scene);
  else paintMeadow(canvas, scene);
}

function paintSky(canvas: Canvas, { palette, disks, cloud }: Scene): void {
  forPixels(canvas, 1, (x, y, at) => {
    const gradient = mixed(palette.horizon, palette.zenith, smoothStep((y - 0.25) / 0.9));
    set(canvas, at, gradient);
    const nearest = disks.first + disks.apart * Math.round((x - disks.first) / disks.apart);
    const distance = Math.hypot(x - nearest, y - disks.y);
    blend(canvas, at, palette.glow, 0.75 * Math.exp(-distance / 0.17));
    blend(canvas, at, palette.disk, edge(disks.radius - distance, canvas.size));
    blend(canvas, at, palette.cloud, cloud(x, y) * smoothStep((y - 0.3) / 0.4));
  });
}

/** Slopes that look to the left are in the light. Brightness runs down them aslant, as gullies do. */
function paintRidge(canvas: Canvas, { outline, colour, snowLine, relief }: Ridge, { palette }: Scene): void {
  const { size, width } = canvas;
  const heights = Float64Array.from({ length: width * samples }, (_, i) =>
    outline((i + 0.5) / (size * samples)),
  );
  const top = heights.reduce((a, b) => Math.max(a, b));
  forPixels(canvas, top + 1 / size, (x, y, at, column) => {
    let covered = 0;
    for (let i = column * samples; i < (column + 1) * samples; i++) covered += edge(heights[i] - y, size);
    if (covered === 0) return;
    const depth = Math.max(0, heights[column * samples] - y);
    const aslant = x + 0.45 * depth;
    const slope = (outline(aslant + 0.05) - outline(aslant - 0.05)) / 0.1;
    const light = 1 + (relief * clamp(0.9 * slope, -1, 1)) / (1 + 2.5 * depth);
    const snow = edge(y - snowLine + 0.08 * slope, size / 3);
    const base = snow > 0 ? mixed(colour, palette.snow, 0.9 * snow) : colour;
    blend(canvas, at, lit(base, light), covered / samples);
  });
}

/** The water mirrors what is above its level, darker the steeper one looks into it. */
function paintWater(canvas: Canvas, { palette, ground }: Scene): void {
  const { size, width, values } = canvas;
  const { level, texture } = ground;
  forPixels(canvas, level + 1 / size, (x, y, at, column) => {
    const depth = Math.max(0, level - y);
    const ripple = texture(x, y);
    const mirrored = Math.max(level, level + 1.9 * depth + 0.12 * depth * ripple + 1 / size);
    const row = clamp(Math.floor((1 - mirrored) * size), 0, size - 1);
    const from = 3 * (row * width + column);
    const seen: Colour = [values[from], values[from + 1], values[from + 2]];
    const tinted = mixed(seen, palette.water, 0.25 + 1.4 * depth);
    blend(canvas, at, lit(tinted, 0.94 + 0.1 * ripple), edge(level - y, size));
  });
}

function paintMeadow(canvas: Canvas, { palette, ground }: Scene): void {
  const { level, texture } = ground;
  forPixels(canvas, level + 0.1, (x, y, at) => {
    const outline = level + 0.02 * texture(0.3 * x, 0);
    const depth = Math.max(0, outline - y);
    const hazy = mixed(palette.meadow, palette.horizon, 0.22 * Math.exp(-depth / 0.06));
    const light = 1.02 - 0.9 * depth + (0.06 + 0.5 * depth) * texture(x, y);
    blend(canvas, at, lit(hazy, light), edge(outline - y, canvas.size));
  });
}

/** Places in a pixel's width at which an outline is looked up. */
const samples = 4;

/** Visits the pixels whose middle is not above a height. */
function forPixels(
  { size, width }: Canvas,
  top: number,
  visit: (x: number, y: number, at: number, column: number) => void,
): void {
  for (let row = Math.max(0, Math.floor((1 - top) * size)); row < size; row++) {
    const y = 1 - (row + 0.5) / size;
    for (let column = 0; column < width; column++) {
      visit((column + 0.5) / size, y, 3 * (row * width + column), column);
    }
  }
}

/** How much of a pixel an edge covers whose distance beyond the pixel's middle is this. */
function edge(distance: number, size: number): number {
  return clamp(distance * size + 0.5, 0, 1);
}

const lit = ([red, green, blue]: Colour, light: number): Colour => [red * light, green * light, blue * light];

function set({ values }: Canvas, at: number, colour: Colour): void {
  for (let c = 0; c < 3; c++) values[at + c] = colour[c];
}

function blend({ values }: Canvas, at: number, colour: Colour, share: number): void {
  for (let c = 0; c < 3; c++) values[at + c] += share * (colour[c] - values[at + c]);
}
