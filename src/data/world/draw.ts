import type { Seed } from "../../random";
import { checkScene, type Scene } from "./attributes";
import { layOut, type PlacedObject } from "./layout";
import { backgroundRange, palette } from "./palette";
import { worldSide } from "./places";
import { stamp } from "./stamp";
import { uniformStream } from "../uniform-stream";

/** Draws a picture of a scene: where in its place each object is, its exact size and the grey of the background are random.
 * @param seed the same one gives the same picture; another gives another picture of the same scene
 * @returns 32 × 32 × 3 numbers in [-1, 1]: rows from the top, and red, green and blue of each pixel
 * @throws RangeError for anything but a scene (one or two groups, two in opposite halves), or a bad seed */
export function drawScene(scene: Scene, seed: Seed): Float32Array {
  checkScene(scene);
  const pixels = new Float32Array(worldSide * worldSide * 3);
  drawInto(pixels, scene, seed);
  return pixels;
}

/** The same as {@link drawScene}, into an array that is there. */
export function drawInto(pixels: Float32Array, scene: Scene, seed: Seed): void {
  const random = uniformStream(seed);
  pixels.fill(random.between(...backgroundRange));
  for (const object of layOut(scene, random)) paint(pixels, object);
}

/** Mixes the object's colour and the background by the share of each pixel that it covers. */
function paint(pixels: Float32Array, object: PlacedObject): void {
  const colour = palette[object.group.colour];
  stamp(object, (row, column, share) => {
    const at = 3 * (row * worldSide + column);
    for (let c = 0; c < 3; c++) pixels[at + c] += share * (colour[c] - pixels[at + c]);
  });
}
