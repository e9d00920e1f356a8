import {
  worldColours,
  worldShapes,
  worldSizes,
  type ObjectCount,
  type DescribedGroup,
  type SceneDescription,
  type Omittable,
  type Place,
  type Shape,
} from "./attributes";

/** By which words captions count. */
export const countWords: Readonly<Record<ObjectCount, string>> = { 1: "a", 2: "two", 3: "three" };

/** How captions name the places. */
export const placePhrases: Readonly<Record<Place, string>> = {
  left: "on the left",
  right: "on the right",
  top: "at the top",
  bottom: "at the bottom",
  middle: "in the middle",
};

/** A shape's word for several objects. */
export function plural(shape: Shape): string {
  return shape === "cross" ? "crosses" : `${shape}s`;
}

/** Every word that captions of this world have, each once. */
export const worldWords: readonly string[] = [
  ...new Set([
    ...Object.values(countWords),
    ...worldSizes,
    ...worldColours,
    ...worldShapes.flatMap((shape) => [shape, plural(shape)]),
    ...Object.values(placePhrases).flatMap((phrase) => phrase.split(" ")),
    "and",
  ]),
];

export interface CaptionOptions {
  /** What the caption does not say, of any group. */
  readonly omit?: readonly Omittable[];
}

/** The caption of a scene, or of a description: "two small red circles on the left and a large blue square on the right". */
export function captionOf(description: SceneDescription, { omit = [] }: CaptionOptions = {}): string {
  return description.map((group) => phraseOf(group, omit)).join(" and ");
}

function phraseOf(group: DescribedGroup, omit: readonly Omittable[]): string {
  const { count, shape } = group;
  const { size, colour, place }: Partial<DescribedGroup> = group;
  const said = <Value>(name: Omittable, value: Value): Value | undefined =>
    omit.includes(name) ? undefined : value;
  return [
    countWords[count],
    said("size", size),
    said("colour", colour),
    count === 1 ? shape : plural(shape),
    said("place", place && placePhrases[place]),
  ]
    .filter((words) => words !== undefined)
    .join(" ");
}
