import type { Group, ObjectCount, Scene } from "./attributes";
import { isIn, placeBox, worldSide, type Box } from "./places";
import { diameterJitter, diameters, gapBetween, unitReach, type PlacedShape } from "./shapes";
import type { UniformStream } from "../uniform-stream";

/** Pixels between two objects, at least. */
export const leastGap = 1.8;
/** Pixels between an object and the picture's frame, at least. */
export const leastMargin = 0.75;
/** A centre is so many pixels inside its place, so that nobody can doubt it. */
const clearance = 1.5;

/** An object that is to be drawn, and the group whose colour it has. */
export interface PlacedObject extends PlacedShape {
  readonly group: Group;
}

/** Positions for a scene's objects, each in the place of its group: a group stands as pips do on dice, but moved at random, all together
 * and each by itself. Objects that are too near push each other away. A group in one half of the picture is not in its middle, too. */
export function layOut(scene: Scene, random: UniformStream): PlacedObject[] {
  const wanted = scene.map((group) => pips[group.count].map((pip) => sized(group, pip, random)));
  for (let attempt = 0; attempt < attempts; attempt++) {
    const objects = wanted.flatMap((group) => scattered(group, random));
    if (pushApart(objects) && !scene.some((group) => isAlsoInMiddle(group, objects))) return objects;
  }
  throw new Error("The objects of this scene found no room in the picture.");
}

/** Where the objects of a group stand: as shares of the length and of the width of their room. That numbers have patterns makes them
 * learnable in an hour: with objects anywhere, a network that has learned all else still miscounts a quarter of its groups. */
const pips: Readonly<Record<ObjectCount, readonly (readonly [along: number, across: number])[]>> = {
  1: [[0.5, 0.5]],
  2: [
    [0.1, 0.5],
    [0.9, 0.5],
  ],
  3: [
    [0.1, 0.1],
    [0.5, 0.9],
    [0.9, 0.1],
  ],
};
/** How far a group of one may be moved to each side, in pixels; one of two or three by that share of it. */
const groupFreedom = 3;
/** How far each object may be moved by itself. */
const ownFreedom = 0.75;

const attempts = 10_000;
const sweeps = 40;

/** An object that is being moved within its room. */
type Moving = { -readonly [Key in keyof PlacedObject]: PlacedObject[Key] } & { readonly room: Box };

function sized(group: Group, pip: readonly [number, number], random: UniformStream): Moving {
  const diameter = diameters[group.size] * random.between(1 - diameterJitter, 1 + diameterJitter);
  const room = roomFor(group, diameter);
  const [width, height] = [room.right - room.left, room.bottom - room.top];
  const [right, down] = width >= height ? pip : [pip[1], pip[0]];
  const [x, y] = [room.left + right * width, room.top + down * height];
  return { group, shape: group.shape, diameter, room, x, y };
}

/** Where a centre may be: within the frame, and clearly within the place. */
function roomFor({ shape, place, count }: Group, diameter: number): Box {
  const box = placeBox(place, count);
  const [toRight, toBottom, toLeft, toTop] = [0, 3, 6, 9].map(
    (direction) => leastMargin + diameter * unitReach[shape][direction],
  );
  return {
    left: Math.max(box.left + clearance, toLeft),
    right: Math.min(box.right - clearance, worldSide - toRight),
    top: Math.max(box.top + clearance, toTop),
    bottom: Math.min(box.bottom - clearance, worldSide - toBottom),
  };
}

/** A group's objects, moved together and each by itself. */
function scattered(objects: readonly Moving[], random: UniformStream): Moving[] {
  const far = groupFreedom / objects.length;
  const [right, down] = [random.between(-far, far), random.between(-far, far)];
  return objects.map((each) => {
    const moved = { ...each };
    const own = (): number => random.between(-ownFreedom, ownFreedom);
    move(moved, right + own(), down + own());
    return moved;
  });
}

/** Moves objects that are too near away from each other, again and again; false if that has no end. */
function pushApart(objects: readonly Moving[]): boolean {
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let moved = false;
    for (let i = 1; i < objects.length; i++) {
      for (let j = 0; j < i; j++) moved = push(objects[i], objects[j]) || moved;
    }
    if (!moved) return true;
  }
  return false;
}

/** Whether the two were too near, and had to move. */
function push(a: Moving, b: Moving): boolean {
  const { gap, direction } = gapBetween(a, b);
  if (gap >= leastGap) return false;
  const step = (leastGap - gap) / 2 + excess;
  move(a, -step * direction[0], -step * direction[1]);
  move(b, step * direction[0], step * direction[1]);
  return true;
}

/** So many pixels more than needed: without them, the last pushes would become ever smaller. */
const excess = 0.02;

function move(object: Moving, right: number, down: number): void {
  const { room } = object;
  object.x = Math.min(room.right, Math.max(room.left, object.x + right));
  object.y = Math.min(room.bottom, Math.max(room.top, object.y + down));
}

function isAlsoInMiddle(group: Group, objects: readonly PlacedObject[]): boolean {
  const box = placeBox("middle", group.count);
  return group.place !== "middle" && objects.every((o) => o.group !== group || isIn(box, o.x, o.y));
}
