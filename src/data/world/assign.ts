import type { DescribedGroup, SceneDescription } from "./attributes";
import type { FoundObject } from "./find-objects";
import { isIn, placeBox } from "./places";

/** What is asked of each object of a group, if the caption names it. */
export type ObjectAttribute = "shape" | "colour" | "size" | "place";

export const objectAttributes: readonly ObjectAttribute[] = ["shape", "colour", "size", "place"];

/** Whether an object has a group's attribute; true also if the caption does not name it. */
export function hasAttribute(object: FoundObject, group: DescribedGroup, name: ObjectAttribute): boolean {
  if (name === "shape") return object.shape === group.shape;
  if (name !== "place") return group[name] === undefined || object[name] === group[name];
  return group.place === undefined || isIn(placeBox(group.place, group.count), object.x, object.y);
}

/** Each violation costs 1 and a little, so that of two explanations with equally many the one is taken that keeps the number, or
 * else the shape, and so on: a blue circle in the place of a red one is a circle of the wrong colour. */
const costs = { count: 1.04, shape: 1.03, colour: 1.02, size: 1.01, place: 1 } as const;

/** Which objects a caption's groups are, with the fewest violations: each object belongs to a group, and a violation is an object
 * that is missing or too many in its group, or an attribute that an object does not have.
 * @returns the objects of each group */
export function assignObjects(objects: readonly FoundObject[], groups: SceneDescription): FoundObject[][] {
  if (groups.length === 1) return [[...objects]];
  const [first, second] = groups;
  // Whatever the number of the first group's objects, they are those that suit it best in comparison.
  const sorted = [...objects].sort(
    (a, b) => misfit(a, first) - misfit(a, second) - misfit(b, first) + misfit(b, second),
  );
  const splits = Array.from({ length: objects.length + 1 }, (_, n) => [sorted.slice(0, n), sorted.slice(n)]);
  const total = (parts: FoundObject[][]): number =>
    violations(parts[0], first) + violations(parts[1], second);
  return splits.reduce((best, parts) => (total(parts) < total(best) ? parts : best));
}

function violations(objects: readonly FoundObject[], group: DescribedGroup): number {
  const count = costs.count * Math.abs(objects.length - group.count);
  return objects.reduce((sum, object) => sum + misfit(object, group), count);
}

function misfit(object: FoundObject, group: DescribedGroup): number {
  return objectAttributes
    .filter((name) => !hasAttribute(object, group, name))
    .reduce((sum, name) => sum + costs[name], 0);
}
