import type { DescribedGroup, SceneDescription } from "./attributes";
import { assignObjects, hasAttribute, objectAttributes, type ObjectAttribute } from "./assign";
import { findObjects } from "./find-objects";
import { parseCaption } from "./parse-caption";

/** Whether a picture shows what its caption says. */
export interface CaptionCheck {
  /** Everything that the caption says, and nothing else, is in the picture. */
  readonly all: boolean;
  /** Each group has as many objects as the caption says. */
  readonly count: boolean;
  /** Of these four: all objects are as the caption says of their group. */
  readonly shape: boolean;
  /** Undefined, as the following, if the caption does not name it. */
  readonly colour: boolean | undefined;
  readonly size: boolean | undefined;
  /** The centres of a group's objects are in its half of the picture; of one "in the middle" in the square in the middle, which
   * is a third of the picture wide for a single object and half of it for several. */
  readonly place: boolean | undefined;
}

/** Judges a picture by its caption, exactly: of all ways to say which of the objects found belong to which group, it takes the one
 * with the fewest violations, and names what is violated. A group of which nothing is to be seen has none of its attributes.
 * This is how text-to-image models are judged by detectors (Ghosh et al. 2023, "GenEval"), here without a detector's errors.
 * @param pixels a picture as of {@link findObjects}
 * @param caption what {@link parseCaption} understands, or a description
 * @throws RangeError for pixels that are no picture of the world, or a caption that is not understood */
export function checkCaption(pixels: ArrayLike<number>, caption: string | SceneDescription): CaptionCheck {
  const groups = typeof caption === "string" ? parseCaption(caption) : caption;
  const parts = assignObjects(findObjects(pixels), groups);
  const holds = (name: ObjectAttribute): boolean =>
    groups.every((group, i) => parts[i].length > 0 && parts[i].every((o) => hasAttribute(o, group, name)));
  const named = (name: ObjectAttribute): boolean | undefined =>
    groups.some((group: DescribedGroup) => group[name] !== undefined) ? holds(name) : undefined;
  const count = groups.every((group, i) => parts[i].length === group.count);
  return {
    all: count && objectAttributes.every(holds),
    count,
    shape: holds("shape"),
    colour: named("colour"),
    size: named("size"),
    place: named("place"),
  };
}
