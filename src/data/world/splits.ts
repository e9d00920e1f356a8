import { uniformValues } from "../../random/distributions";
import {
  worldColours,
  worldPlaces,
  worldShapes,
  worldSizes,
  type Colour,
  type Group,
  type Scene,
  type Shape,
} from "./attributes";

/** What a scene is for. The splits have no scene in common:
 *
 * - `"train"`: to learn from;
 * - `"heldOutCaptions"`: one scene in ten, which training never shows, though it shows all their pairs of attributes;
 * - `"heldOutPairs"`: scenes with a shape in a colour in which training never shows it ({@link heldOutPairs}). Who draws these has
 *   understood that colour and shape are two things. */
export type WorldSplit = "train" | "heldOutCaptions" | "heldOutPairs";

/** Each shape is held out in one colour, and these are four different colours. */
export const heldOutPairs: readonly { readonly colour: Colour; readonly shape: Shape }[] = [
  { colour: "yellow", shape: "circle" },
  { colour: "purple", shape: "square" },
  { colour: "green", shape: "triangle" },
  { colour: "red", shape: "cross" },
];

/** The split that a scene belongs to: it never changes, and does not depend on the groups' order. */
export function splitOf(scene: Scene): WorldSplit {
  if (scene.some(hasHeldOutPair)) return "heldOutPairs";
  return hash(scene) < heldOutShare ? "heldOutCaptions" : "train";
}

const heldOutShare = 0.1;

function hasHeldOutPair({ colour, shape }: Group): boolean {
  return heldOutPairs.some((pair) => pair.colour === colour && pair.shape === shape);
}

/** A number in [0, 1) that looks random, and is the same for the same scene. */
function hash(scene: Scene): number {
  const [low, high = -1] = scene.map(groupNumber).sort((a, b) => a - b);
  return uniformValues([low, high], 1)[0];
}

/** All groups, numbered. */
function groupNumber({ count, size, colour, shape, place }: Group): number {
  let number: number = count;
  number = number * worldSizes.length + worldSizes.indexOf(size);
  number = number * worldColours.length + worldColours.indexOf(colour);
  number = number * worldShapes.length + worldShapes.indexOf(shape);
  return number * worldPlaces.length + worldPlaces.indexOf(place);
}
