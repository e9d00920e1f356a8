import {
  oppositePlace,
  worldColours,
  worldCounts,
  worldPlaces,
  worldShapes,
  worldSizes,
  type DescribedGroup,
  type SceneDescription,
  type Group,
  type Omittable,
  type Place,
  type Scene,
} from "./attributes";
import { splitOf, type WorldSplit } from "./splits";
import type { UniformStream } from "../uniform-stream";

/** A scene with the given number of groups, uniform over those of the split. */
export function randomScene(random: UniformStream, groups: 1 | 2, split: WorldSplit): Scene {
  for (;;) {
    const scene = groups === 1 ? [randomGroup(random, random.oneOf(worldPlaces))] : twoGroups(random);
    if (splitOf(scene) === split) return scene;
  }
}

const halves = worldPlaces.filter((place) => oppositePlace[place]);

function twoGroups(random: UniformStream): Scene {
  const place = random.oneOf(halves);
  return [place, oppositePlace[place] ?? place].map((each) => randomGroup(random, each));
}

function randomGroup(random: UniformStream, place: Place): Group {
  return {
    count: random.oneOf(worldCounts),
    size: random.oneOf(worldSizes),
    colour: random.oneOf(worldColours),
    shape: random.oneOf(worldShapes),
    place,
  };
}

/** How often a caption leaves each attribute out, separately for each group. */
const omission: readonly (readonly [Omittable, number])[] = [
  ["size", 0.4],
  ["colour", 0.25],
  ["place", 0.4],
];

/** What somebody might say of a scene: some attributes of each group are left out at random. */
export function partialDescription(scene: Scene, random: UniformStream): SceneDescription {
  return scene.map((group) => {
    const left = omission.filter(([, probability]) => random.next() < probability).map(([name]) => name);
    return without(group, left);
  });
}

function without(group: Group, omit: readonly Omittable[]): DescribedGroup {
  const entries = Object.entries(group).filter(([name]) => !(omit as readonly string[]).includes(name));
  return Object.fromEntries(entries) as unknown as DescribedGroup;
}
