/** What a world's picture can show, and what a caption can say of it. */

export const worldShapes = ["circle", "square", "triangle", "cross"] as const;
export const worldColours = ["red", "green", "blue", "yellow", "purple", "white"] as const;
export const worldSizes = ["small", "large"] as const;
export const worldPlaces = ["left", "right", "top", "bottom", "middle"] as const;
export const worldCounts = [1, 2, 3] as const;

/** A cross is an upright plus, a triangle stands on its base. */
export type Shape = (typeof worldShapes)[number];
export type Colour = (typeof worldColours)[number];
export type ObjectSize = (typeof worldSizes)[number];
/** The half of the picture where a group is, or its middle. */
export type Place = (typeof worldPlaces)[number];
export type ObjectCount = (typeof worldCounts)[number];

/** Up to three equal objects, near each other. */
export interface Group {
  readonly count: ObjectCount;
  readonly size: ObjectSize;
  readonly colour: Colour;
  readonly shape: Shape;
  readonly place: Place;
}

/** One group, or two in opposite halves of the picture. */
export type Scene = readonly Group[];

/** What a caption may leave out; it always has the number and the shape. */
export type Omittable = "size" | "colour" | "place";

/** A group of which only the named attributes are set. */
export type DescribedGroup = Omit<Group, Omittable> & Partial<Pick<Group, Omittable>>;

/** What a caption says; a scene is a description that leaves nothing out. */
export type SceneDescription = readonly DescribedGroup[];

/** The half that lies opposite; the middle has none. */
export const oppositePlace: Readonly<Partial<Record<Place, Place>>> = {
  left: "right",
  right: "left",
  top: "bottom",
  bottom: "top",
};

/** @throws RangeError for anything but a scene, saying what would be one */
export function checkScene(scene: Scene): void {
  if (scene.length < 1 || scene.length > 2) {
    throw new RangeError(`scene has ${scene.length} groups; give one or two.`);
  }
  scene.forEach(checkGroup);
  if (scene.length === 1 || oppositePlace[scene[0].place] === scene[1].place) return;
  throw new RangeError(
    `scene has the places "${scene[0].place}" and "${scene[1].place}"; two groups need opposite halves: ` +
      `"left" and "right", or "top" and "bottom".`,
  );
}

/** What each attribute of a group can be. */
export const groupValues: { readonly [Name in keyof Group]: readonly Group[Name][] } = {
  count: worldCounts,
  size: worldSizes,
  colour: worldColours,
  shape: worldShapes,
  place: worldPlaces,
};

function checkGroup(group: Group, i: number): void {
  for (const [name, values] of Object.entries(groupValues)) {
    const value = group[name as keyof Group];
    if ((values as readonly unknown[]).includes(value)) continue;
    const allowed = values.map((each) => JSON.stringify(each)).join(", ");
    throw new RangeError(`scene[${i}].${name} is ${JSON.stringify(value)}; use one of ${allowed}.`);
  }
}
